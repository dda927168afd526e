// The modals on the person's screen: the topmost shows, the others wait below it.

import * as api from "../api.js";
import { h } from "../dom.js";
import { state, tell } from "../store.js";
import { ModalView } from "./view.js";

const views = new Map();
let dialog = null;
let shown = null;
let before = null;

// Make the screen show the stack as Slack has it.
export function showModals() {
  const stack = state.screen?.modals ?? [];
  const ids = new Set(stack.map((each) => each.id));
  for (const id of views.keys()) if (!ids.has(id)) views.delete(id);
  if (!stack.length) return closeDialog();
  const spec = stack.at(-1);
  if (!views.has(spec.id)) views.set(spec.id, new ModalView(spec, { close: dismiss }));
  const view = views.get(spec.id);
  const changed = view.show(spec);
  openDialog();
  dialog.dataset.depth = stack.length;
  if (shown !== view) {
    shown?.leave();
    shown = view;
    dialog.replaceChildren(view.root);
    dialog.setAttribute("aria-labelledby", view.titleId);
    view.enter();
  } else if (changed) view.settleFocus();
}

// Show words in the open modal; false where none is open.
export function troubleInModal(words) {
  shown?.trouble(words);
  return Boolean(shown);
}

function openDialog() {
  if (dialog) return;
  before = document.activeElement;
  dialog = h("dialog", { class: "modal", oncancel: escaped });
  document.body.append(dialog);
  dialog.showModal();
}

function escaped(event) {
  if (event.target !== dialog) return;
  event.preventDefault();
  dismiss(false);
}

async function dismiss(everything) {
  try {
    await api.act(state.me.id, "close", { everything });
  } catch (error) {
    tell("trouble", error.message);
  }
  tell("screen-stale");
}

function closeDialog() {
  if (!dialog) return;
  dialog.close();
  dialog.remove();
  dialog = shown = null;
  if (before?.isConnected && before !== document.body) before.focus();
  else tell("focus-composer");
}
