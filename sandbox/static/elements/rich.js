// Rich text input, typed with the signs of mrkdwn; lines with "- ", "1. " and "> " become lists and quotes.

import { h } from "../dom.js";
import { plainOf } from "../render/rich_text.js";
import { words } from "../render/text.js";

const STYLED = /(?<code>`[^`]+`)|(?<bold>\*[^*\s][^*]*\*)|(?<italic>\b_[^_]+_\b)|(?<strike>~[^~]+~)|(?<url>https?:\/\/\S+)/g;
const LINES = [
  [/^[-•]\s+(.*)$/, (elements) => ({ type: "rich_text_list", style: "bullet", elements })],
  [/^\d+\.\s+(.*)$/, (elements) => ({ type: "rich_text_list", style: "ordered", elements })],
];

export function richTextInput(surface, block, spec, { id, describedby }) {
  const enter = (send) => {
    const value = made.value ? richTextOf(made.value) : null;
    return send ? surface.enter(block, spec, value) : surface.note(block, spec, value);
  };
  const made = h("textarea", {
    id, class: "field", rows: spec.min_lines ?? 4, dir: "auto", placeholder: words(spec.placeholder) || null,
    "aria-describedby": describedby, "data-focus": spec.focus_on_load,
    oninput: () => enter(false), onchange: () => enter(true),
  });
  made.value = plainOf(surface.held(block, spec));
  return made;
}

export function richTextOf(typed) {
  const elements = [];
  for (const line of typed.split("\n")) {
    const quote = line.match(/^>\s?(.*)$/);
    const listed = LINES.map(([shape, make]) => [line.match(shape), make]).find(([found]) => found);
    if (quote) elements.push({ type: "rich_text_quote", elements: inline(quote[1]) });
    else if (listed) addItem(elements, listed[1], { type: "rich_text_section", elements: inline(listed[0][1]) });
    else elements.push({ type: "rich_text_section", elements: inline(line) });
  }
  return { type: "rich_text", elements };
}

function addItem(elements, make, item) {
  const last = elements.at(-1);
  const list = make([item]);
  if (last?.type === "rich_text_list" && last.style === list.style) last.elements.push(item);
  else elements.push(list);
}

function inline(text) {
  const made = [];
  let from = 0;
  const plain = (words) => words && made.push({ type: "text", text: words });
  for (const found of text.matchAll(STYLED)) {
    plain(text.slice(from, found.index));
    const [style] = Object.entries(found.groups).find(([, value]) => value);
    if (style === "url") made.push({ type: "link", url: found[0] });
    else made.push({ type: "text", text: found[0].slice(1, -1), style: { [style]: true } });
    from = found.index + found[0].length;
  }
  plain(text.slice(from));
  return made;
}
