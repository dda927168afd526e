// The markdown block: standard Markdown, of which headings, lists, quotes, code and emphasis are drawn.

import { h } from "../dom.js";
import { withEmoji } from "./emoji.js";
import { link } from "./tokens.js";

const INLINE = /(?<code>`[^`]+`)|\[(?<label>[^\]]+)\]\((?<url>[^\s)]+)\)|\*\*(?<bold>[^*]+)\*\*|(?<![\w*])\*(?<em>[^*\s][^*]*)\*|(?<![\w_])_(?<under>[^_\s][^_]*)_|~~(?<strike>[^~]+)~~/g;
const LINES = [
  [/^(#{1,6})\s+(.*)$/, (found) => h(`h${Math.min(6, found[1].length + 1)}`, {}, inline(found[2]))],
  [/^\s*[-*+]\s+(.*)$/, (found) => h("ul", {}, h("li", {}, inline(found[1])))],
  [/^\s*(\d+)[.)]\s+(.*)$/, (found) => h("ol", { start: found[1] }, h("li", {}, inline(found[2])))],
  [/^>\s?(.*)$/, (found) => h("blockquote", {}, inline(found[1]))],
  [/^(?:---+|\*\*\*+)$/, () => h("hr")],
];

export function markdown(text) {
  return text.split(/```\w*\n?([\s\S]*?)```/).flatMap((part, index) =>
    index % 2 ? [h("pre", {}, part.trimEnd())] : part.split("\n").filter((line) => line.trim()).map(line));
}

function line(words) {
  for (const [shape, make] of LINES) {
    const found = words.match(shape);
    if (found) return make(found);
  }
  return h("p", {}, inline(words));
}

function inline(text) {
  const made = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    made.push(withEmoji(text.slice(from, found.index)), marked(found.groups));
    from = found.index + found[0].length;
  }
  return [...made, withEmoji(text.slice(from))].filter((each) => each !== "");
}

function marked({ code, label, url, bold, em, under, strike }) {
  if (code) return h("code", {}, code.slice(1, -1));
  if (url) return link(url, label);
  if (bold) return h("strong", {}, inline(bold));
  if (strike) return h("s", {}, inline(strike));
  return h("em", {}, inline(em ?? under));
}
