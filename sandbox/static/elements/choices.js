// Radio buttons and checkboxes.

import { h, uid } from "../dom.js";
import { text } from "../render/text.js";
import { confirmed } from "./confirm.js";

const same = (one, other) => Boolean(one) && one.value === other.value && one.text.text === other.text.text;

export function radioButtons(surface, block, spec, naming) {
  const name = uid("radio");
  let current = surface.held(block, spec);
  const inputs = spec.options.map((option, index) => {
    const choose = async () => {
      if (await confirmed(spec.confirm)) {
        current = option;
        await surface.enter(block, spec, option);
      } else restore();
    };
    return h("input", { type: "radio", name, value: index, checked: same(current, option), onchange: choose });
  });
  const restore = () => inputs.forEach((input, index) => { input.checked = same(current, spec.options[index]); });
  return group("radiogroup", spec, inputs, naming);
}

export function checkboxes(surface, block, spec, naming) {
  const held = surface.held(block, spec) ?? [];
  const change = async (event) => {
    if (await confirmed(spec.confirm)) {
      await surface.enter(block, spec, spec.options.filter((_, index) => inputs[index].checked));
    } else event.target.checked = !event.target.checked;
  };
  const inputs = spec.options.map((option) =>
    h("input", { type: "checkbox", checked: held.some((each) => same(each, option)), onchange: change }),
  );
  return group("group", spec, inputs, naming);
}

function group(role, spec, inputs, { labelledby, describedby, label }) {
  if (spec.focus_on_load) inputs[0].setAttribute("data-focus", "");
  const rows = spec.options.map((option, index) => {
    const described = option.description ? uid("described") : null;
    const labelled = uid("option");
    inputs[index].setAttribute("aria-labelledby", labelled);
    if (described) inputs[index].setAttribute("aria-describedby", described);
    return h(
      "label",
      { class: "choice" },
      inputs[index],
      h("span", {}, h("span", { id: labelled }, text(option.text)), described && h("span", { class: "described", id: described }, text(option.description))),
    );
  });
  return h("div", { role, class: "choices", "aria-labelledby": labelledby, "aria-describedby": describedby, "aria-label": labelledby ? null : label ?? "Choices" }, rows);
}
