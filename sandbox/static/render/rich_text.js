// The rich_text block: sections, lists, quotes and preformatted text.

import { h } from "../dom.js";
import { emoji } from "./emoji.js";
import { lines } from "./text.js";
import { broadcast, channel, date, link, user, usergroup } from "./tokens.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code", highlight: "mark" };

const INLINE = {
  text: (each) => lines(each.text),
  link: (each) => link(each.url, each.text),
  emoji: (each) => emoji(each.name, each.skin_tone) ?? `:${each.name}:`,
  user: (each) => user(each.user_id),
  channel: (each) => channel(each.channel_id),
  usergroup: (each) => usergroup(each.usergroup_id),
  broadcast: (each) => broadcast(each.range),
  date: (each) => date(each.timestamp, each.format, each.fallback, each.url),
  color: (each) => [swatch(each.value), each.value],
  team: (each) => each.team_id,
};

const PARTS = {
  rich_text_section: (part) => h("div", { class: "rich-section" }, ...inlines(part.elements)),
  rich_text_quote: (part) => h("blockquote", {}, ...inlines(part.elements)),
  rich_text_preformatted: (part) => h("pre", {}, ...part.elements.map((each) => each.text ?? each.url ?? "")),
  rich_text_list: list,
};

export function richText(block) {
  return h("div", { class: "rich-text" }, ...block.elements.map((part) => (PARTS[part.type] ?? unknown)(part)));
}

function inlines(elements) {
  return elements.map((each) => styled((INLINE[each.type] ?? unknownInline)(each), each.style));
}

function styled(made, style = {}) {
  return Object.entries(STYLES).reduce(
    (inside, [name, tag]) => (style[name] ? h(tag, {}, inside) : inside),
    made,
  );
}

function list(part) {
  const ordered = part.style === "ordered";
  const items = part.elements.map((each) => h("li", {}, ...inlines(each.elements)));
  const start = ordered && part.offset ? part.offset + 1 : null;
  return h(ordered ? "ol" : "ul", { class: `indent-${part.indent ?? 0}`, start }, ...items);
}

function swatch(value) {
  const made = h("span", { class: "swatch" });
  made.style.backgroundColor = value;
  return made;
}

const unknown = (part) => h("div", {}, `[${part.type}]`);
const unknownInline = (each) => each.text ?? `[${each.type}]`;

// The words of rich text without its styles, a line for each section and list item.
export function plainOf(block) {
  const line = (elements) => elements.map((each) => each.text ?? each.url ?? (each.name ? `:${each.name}:` : "")).join("");
  return (block?.elements ?? [])
    .flatMap((part) => (part.type === "rich_text_list" ? part.elements.map((each) => `- ${line(each.elements)}`) : [line(part.elements)]))
    .join("\n");
}
