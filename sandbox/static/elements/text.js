// One-line and many-line text, numbers, email addresses and web addresses.

import { debounced, h } from "../dom.js";
import { words } from "../render/text.js";
import { dispatches } from "../surface.js";

const PAUSE = 300;
const KINDS = {
  plain_text_input: { inputmode: "text" },
  number_input: { inputmode: "decimal" },
  email_text_input: { inputmode: "email", autocomplete: "off" },
  url_text_input: { inputmode: "url" },
};

export function textInput(surface, block, spec, { id, describedby }) {
  const triggers = dispatches(block) ? (spec.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"]) : [];
  const soon = debounced(PAUSE, () => surface.use(block, spec));
  const counter = spec.max_length ? h("span", { class: "counter", "aria-hidden": "true" }) : null;
  const count = () => {
    const left = spec.max_length - [...made.value].length;
    counter.textContent = left;
    counter.classList.toggle("over", left < 0);
  };
  const typed = () => {
    surface.note(block, spec, made.value || null);
    if (counter) count();
    if (triggers.includes("on_character_entered")) soon();
  };
  const settled = () => triggers.length || surface.enter(block, spec, made.value || null);
  const key = (event) => {
    if (event.key !== "Enter" || !triggers.includes("on_enter_pressed")) return;
    if (spec.multiline && !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    surface.enter(block, spec, made.value || null);
  };
  const made = h(spec.multiline ? "textarea" : "input", {
    id, class: "field", ...KINDS[spec.type], placeholder: words(spec.placeholder) || null,
    "aria-describedby": describedby, rows: spec.multiline ? 4 : null, dir: "auto",
    "data-focus": spec.focus_on_load, oninput: typed, onchange: settled, onkeydown: key,
  });
  made.value = surface.held(block, spec) ?? "";
  if (counter) count();
  const prompt = triggers.includes("on_enter_pressed") && h("span", { class: "hint" }, `Press ${spec.multiline ? "Ctrl+Enter" : "Enter"} to apply`);
  return h("div", { class: "text-field" }, made, counter, prompt);
}
