// For developers: each request Slack sends to the app, and each call the app makes.

import * as api from "../api.js";
import { Kept, h, place } from "../dom.js";
import { state, tell } from "../store.js";
import { entryOf, wentWrong } from "./entry.js";

const MOST = 200;
const entries = new Map();
const kept = new Kept();
let since = 0;
let onlyWrong = false;
let list = null;
let asking = Promise.resolve();

export function openPanel(panel) {
  list = h("div", { class: "traffic", role: "region", "aria-label": "Traffic", tabindex: 0 });
  const filter = h("label", { class: "choice" }, h("input", { type: "checkbox", checked: onlyWrong, onchange: (event) => { onlyWrong = event.target.checked; show(); } }), h("span", {}, "Only what went wrong"));
  panel.replaceChildren(
    h("header", { class: "channel-head row" }, h("h2", {}, "Traffic"), filter, h("button", { type: "button", class: "quiet", "aria-label": "Close traffic", onclick: () => tell("toggle-panel") }, "✕")),
    h("p", { class: "quiet-text panel-note" }, `What Slack sends to ${state.app.name} and what it calls, newest first. `, h("span", {}, state.app.socket_mode ? "By Socket Mode." : "By signed HTTP.")),
    list,
  );
  show();
}

export function closePanel(panel) {
  list = null;
  panel.replaceChildren();
}

// Ask for what is new; `again` names a request that has been answered meanwhile.
export function renewTraffic(again = Infinity) {
  asking = asking.then(() => ask(Math.min(since, again - 1))).catch((error) => tell("trouble", error.message));
  return asking;
}

export function forgetTraffic() {
  entries.clear();
  since = 0;
  show();
}

async function ask(from) {
  const [calls, deliveries] = await Promise.all([api.calls(from), api.deliveries(from)]);
  for (const each of calls) entries.set(each.seq, { ...each, toApp: false });
  for (const each of deliveries) entries.set(each.seq, { ...each, toApp: true });
  since = Math.max(since, ...entries.keys());
  const oldest = [...entries.keys()].sort((one, other) => one - other).slice(0, Math.max(0, entries.size - MOST));
  for (const seq of oldest) entries.delete(seq);
  show();
}

function show() {
  const all = [...entries.values()].sort((one, other) => other.seq - one.seq);
  tell("refusals", all.filter(wentWrong).length);
  if (!list) return;
  const wanted = onlyWrong ? all.filter(wentWrong) : all;
  kept.forgetAllBut(wanted.map((each) => each.seq));
  const rows = wanted.map((each) => kept.get(each.seq, `${each.took} ${each.trouble}`, () => entryOf(each)));
  place(list, rows.length ? rows : [h("p", { class: "empty" }, onlyWrong ? "Nothing went wrong." : "Nothing yet. Type a command.")]);
}
