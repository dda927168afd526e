// The modals on the person's screen: the topmost shows, the others wait below it.

import * as api from "../api.js";
import { h } from "../dom.js";
import { state, tell } from "../store.js";
import { ModalView } from "./view.js";

const views = new Map();
const closing = new Set(); // views put away here, of which the workspace may not have heard yet
let dialog = null;
let shown = null;
let before = null;

// Make the screen show the stack as Slack has it.
export function showModals() {
  const known = state.screen?.modals ?? [];
  const ids = new Set(known.map((each) => each.id));
  for (const id of views.keys()) if (!ids.has(id)) views.delete(id);
  for (const id of closing) if (!ids.has(id)) closing.delete(id);
  const stack = stillOpen();
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

const stillOpen = () => (state.screen?.modals ?? []).filter((each) => !closing.has(each.id));

function openDialog() {
  if (dialog) return;
  before = document.activeElement;
  dialog = h("dialog", { class: "modal", oncancel: escaped, onclose: closedByBrowser });
  document.body.append(dialog);
  dialog.showModal();
}

function escaped(event) {
  if (event.target !== dialog || !event.cancelable) return;
  event.preventDefault();
  dismiss(false);
}

// A second Escape in a row is not asked about but closes the whole dialog: it shows again, with
// the view below.
function closedByBrowser(event) {
  if (event.target !== dialog) return;
  dialog.showModal();
  shown.enter();
  dismiss(false);
}

async function dismiss(everything) {
  const stack = stillOpen();
  if (!stack.length) return;
  const gone = everything || stack.at(-1).clear_on_close ? stack : stack.slice(-1);
  gone.forEach((each) => closing.add(each.id));
  showModals();
  try {
    await api.act(state.me.id, "close", { everything });
  } catch (error) {
    gone.forEach((each) => closing.delete(each.id));
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
