// Attachments: the older way of adding to a message, with a coloured bar beside.

import { h } from "../dom.js";
import { blocksOf } from "./blocks.js";
import { mrkdwn } from "./mrkdwn.js";
import { link } from "./tokens.js";

const COLOURS = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

export function attachment(spec, surface) {
  const bar = h("div", { class: "attachment" }, spec.blocks ? blocksOf(spec.blocks, surface) : classic(spec));
  const colour = COLOURS[spec.color] ?? (spec.color && `#${spec.color.replace("#", "")}`);
  if (colour) bar.style.borderLeftColor = colour;
  return [spec.pretext && h("p", {}, mrkdwn(spec.pretext)), bar];
}

function classic(spec) {
  return [
    spec.author_name && h("p", { class: "described" }, spec.author_name),
    spec.title && h("p", {}, h("strong", {}, spec.title_link ? link(spec.title_link, spec.title) : spec.title)),
    (spec.text || spec.fallback) && h("p", {}, mrkdwn(spec.text || spec.fallback)),
    spec.fields && h("div", { class: "fields" }, spec.fields.map((each) => h("div", {}, h("strong", {}, each.title), h("br"), mrkdwn(each.value ?? "")))),
    spec.footer && h("p", { class: "described" }, spec.footer),
  ];
}
