// An input block: its label, element, hint, and what is wrong with what was entered.

import { GROUPED, element } from "../elements/index.js";
import { h, uid } from "../dom.js";
import { words } from "./text.js";

// What may be called required: a field, or a choice of one; not a group of fields.
function requirable(made) {
  if (made.matches("input, textarea, [role=radiogroup]")) return made;
  return made.matches("[role=group]") ? null : made.querySelector("input, textarea");
}

export function input(block, surface, errors) {
  const spec = block.element;
  const [id, labelledby] = [uid("field"), uid("label")];
  const error = errors[block.block_id];
  const hint = words(block.hint);
  const [hintId, errorId] = [hint && uid("hint"), error && uid("error")];
  const describedby = [errorId, hintId].filter(Boolean).join(" ") || null;
  const label = [words(block.label), block.optional && h("span", { class: "optional" }, " (optional)")];
  const made = element(surface, block, spec, { id, labelledby, describedby })
    ?? h("p", { class: "unknown" }, `This page does not know the element “${spec.type}”.`);
  made.dataset.action = spec.action_id;
  if (!block.optional) requirable(made)?.setAttribute("aria-required", "true");
  if (error) (made.querySelector("input, textarea") ?? made).setAttribute("aria-invalid", "true");
  return h(
    "div",
    { class: ["input", error && "wrong"] },
    GROUPED.has(spec.type) ? h("div", { class: "label", id: labelledby }, label) : h("label", { class: "label", for: id, id: labelledby }, label),
    made,
    error && h("p", { class: "error", id: errorId }, h("span", { "aria-hidden": "true" }, "⚠ "), error),
    hint && h("p", { class: "hint", id: hintId }, hint),
  );
}
