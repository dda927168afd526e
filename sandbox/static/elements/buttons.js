// Buttons, icon buttons and the pair of feedback buttons.

import { h } from "../dom.js";
import { emoji } from "../render/emoji.js";
import { words } from "../render/text.js";
import { confirmed } from "./confirm.js";

// Use an element and show on `made` that it is under way, or a warning that it failed.
export async function pressed(made, surface, block, spec, chosen) {
  if (made.getAttribute("aria-busy") || !(await confirmed(spec.confirm))) return;
  made.setAttribute("aria-busy", "true");
  made.classList.remove("failed");
  const outcome = await surface.use(block, spec, chosen);
  made.removeAttribute("aria-busy");
  if (!outcome.trouble) return;
  made.classList.add("failed");
  made.title = outcome.notice || outcome.trouble;
}

export function button(surface, block, spec, { id } = {}) {
  const shared = { id, class: ["button", spec.style, "small"], "aria-label": spec.accessibility_label };
  const press = () => pressed(made, surface, block, spec);
  const made = spec.url
    ? h("a", { ...shared, href: spec.url, target: "_blank", rel: "noopener noreferrer", onclick: press }, words(spec.text))
    : h("button", { ...shared, type: "button", onclick: press }, words(spec.text));
  return made;
}

const ICONS = { trash: "🗑️" };

export function iconButton(surface, block, spec) {
  const press = () => pressed(made, surface, block, spec);
  const name = spec.accessibility_label ?? words(spec.text);
  const made = h("button", { type: "button", class: "button small icon", title: words(spec.text), "aria-label": name, onclick: press },
    ICONS[spec.icon] ?? emoji(spec.icon) ?? words(spec.text));
  return made;
}

export function feedbackButtons(surface, block, spec) {
  const one = (which, sign) => {
    const said = spec[`${which}_button`];
    const press = () => pressed(made, surface, block, spec, which);
    const made = h("button", { type: "button", class: "button small", "aria-label": said.accessibility_label, onclick: press }, sign, " ", words(said.text));
    return made;
  };
  return h("span", { class: "feedback" }, one("positive", "👍"), one("negative", "👎"));
}
