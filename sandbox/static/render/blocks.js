// Blocks: one maker for each type; a type the page does not know says its name.

import { element } from "../elements/index.js";
import { h } from "../dom.js";
import { NEWER } from "./cards.js";
import { picture } from "./image.js";
import { input } from "./input.js";
import { richText } from "./rich_text.js";
import { table } from "./table.js";
import { text, words } from "./text.js";

const CLASSIC = {
  section,
  header: (block) => h(block.level ? `h${block.level + 1}` : "h3", { class: "block-header" }, words(block.text)),
  divider: () => h("hr"),
  context: (block) => h("div", { class: "context" }, block.elements.map(contextElement)),
  actions: (block, surface) => h("div", { class: "actions" }, block.elements.map((each) => use(surface, block, each))),
  image: (block) => h("figure", { class: "image-block" }, block.title && h("figcaption", {}, words(block.title)), picture(block, "large")),
  rich_text: (block) => richText(block),
  input: (block, surface, errors) => input(block, surface, errors),
  table: (block) => table(block),
};

export function blockOf(block, surface, errors = {}) {
  const make = CLASSIC[block.type] ?? NEWER[block.type];
  const made = make ? make(block, surface, errors, blockOf) : fallback(block);
  made.classList.add("block");
  made.dataset.block = block.block_id ?? "";
  return made;
}

export function blocksOf(blocks, surface, errors) {
  return blocks.map((block) => blockOf(block, surface, errors));
}

function section(block, surface) {
  const fields = block.fields && h("div", { class: "fields" }, block.fields.map((each) => h("div", {}, text(each))));
  const told = h("div", { class: "section-text" }, block.text && h("div", {}, text(block.text)), fields);
  const accessory = block.accessory && h("div", { class: "accessory" }, use(surface, block, block.accessory, block.text?.text));
  return h("div", { class: "section" }, told, accessory);
}

function use(surface, block, spec, label) {
  if (spec.type === "image") return picture(spec, "thumb");
  const plain = label?.replace(/[*_~`]|<[^>]*>/g, "").slice(0, 80);
  const made = element(surface, block, spec, { label: plain });
  if (!made) return h("span", { class: "unknown" }, `This page does not know the element “${spec.type}”.`);
  made.dataset.action = spec.action_id;
  return made;
}

function contextElement(each) {
  return each.type === "image" ? picture(each, "tiny") : h("span", {}, text(each));
}

function fallback(block) {
  return h("p", { class: "unknown" }, `This page does not know the block “${block.type}”.`);
}
