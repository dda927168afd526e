// The newer blocks: alerts, cards, containers, plans, videos.

import { element } from "../elements/index.js";
import { h } from "../dom.js";
import { picture } from "./image.js";
import { markdown } from "./markdown.js";
import { richText } from "./rich_text.js";
import { text, words } from "./text.js";
import { link } from "./tokens.js";

const SIGNS = { info: "ℹ️", warning: "⚠️", error: "⛔", success: "✅", default: "📣" };
const STATES = { pending: "○", in_progress: "◔", complete: "✓", error: "✕" };

export const NEWER = {
  markdown: (block) => h("div", { class: "markdown" }, markdown(block.text)),
  alert: (block) => h("div", { class: ["alert", block.level], role: "note" }, h("span", { "aria-hidden": "true" }, SIGNS[block.level ?? "default"]), h("div", {}, text(block.text))),
  card,
  carousel: (block, surface) => h("div", { class: "carousel", role: "group", tabindex: 0, "aria-label": "Cards" }, block.elements.map((each) => card(each, surface, {}, null, block))),
  container,
  context_actions: (block, surface) => h("div", { class: "actions" }, block.elements.map((each) => use(surface, block, each))),
  plan: (block) => h("div", { class: "plan" }, h("strong", {}, block.title), (block.tasks ?? []).map(task)),
  task_card: task,
  video: (block) => h("div", { class: "card" }, h("p", {}, "▶ ", block.title_url ? link(block.title_url, words(block.title)) : words(block.title)), block.description && h("p", {}, words(block.description))),
};

function card(block, surface, _errors, _nested, outer = block) {
  return h(
    "div",
    { class: "card" },
    block.hero_image && picture(block.hero_image, "large"),
    h("div", { class: "card-head" }, block.icon && picture(block.icon, "tiny"), block.title && h("strong", {}, text(block.title))),
    ["subtitle", "body", "subtext"].map((name) => block[name] && h("div", { class: name }, text(block[name]))),
    block.actions && h("div", { class: "actions" }, block.actions.map((each) => use(surface, outer, each))),
  );
}

function container(block, surface, errors, nested) {
  const title = block.rich_text_title ? richText(block.rich_text_title) : h("strong", {}, words(block.title));
  const head = [title, block.subtitle && h("div", { class: "subtitle" }, text(block.subtitle))];
  const inside = block.child_blocks.map((each) => nested(each, surface, errors));
  if (!block.is_collapsible) return h("div", { class: "card" }, head, inside);
  return h("details", { class: "card", open: !block.default_collapsed }, h("summary", {}, head), inside);
}

function task(block) {
  return h("div", { class: ["task", block.status] }, h("span", { "aria-hidden": "true" }, STATES[block.status]), h("span", {}, block.title, block.details && richText(block.details), block.output && richText(block.output)));
}

function use(surface, block, spec) {
  const made = element(surface, block, spec);
  made.dataset.action = spec.action_id;
  return made;
}
