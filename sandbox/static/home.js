// The app's own place: its Home tab, its messages, and what it says about itself.

import * as api from "./api.js";
import { Kept, h, place } from "./dom.js";
import { avatar } from "./messages/message.js";
import { blockOf } from "./render/blocks.js";
import { state, tell } from "./store.js";
import { Surface } from "./surface.js";

const PATIENCE = 3000; // milliseconds that a Home tab is waited for

let open = null;

export function showHome(main) {
  if (open?.person !== state.me.id || !main.contains(open.root)) {
    open = { person: state.me.id, kept: new Kept(), root: h("div", { class: "home" }), view: "", asked: Date.now() };
    main.replaceChildren(h("header", { class: "channel-head" }, title(), tabs("home")), open.root);
    api.act(state.me.id, "home", { tab: "home" }).catch((error) => tell("trouble", error.message));
    setTimeout(() => open && state.at === "home" && fill(), PATIENCE);
  }
  fill();
}

export function leaveHome() {
  open = null;
}

function fill() {
  const view = state.screen.home;
  if (!view) {
    const waiting = Date.now() - open.asked < PATIENCE;
    return place(open.root, [h("p", { class: "empty" }, waiting ? "Loading…" : `${state.app.name} has put nothing here yet.`)]);
  }
  if (open.view !== view.id) {
    open.view = view.id;
    open.kept = new Kept();
    open.surface = new Surface({ view: view.id }, view.state.values);
  }
  open.surface.renew(view.state.values);
  place(open.root, view.blocks.map((block) => open.kept.get(block.block_id, JSON.stringify(block), () => blockOf(block, open.surface))));
  open.kept.forgetAllBut(view.blocks.map((block) => block.block_id));
}

export function title() {
  return h("div", { class: "channel-title" }, avatar(state.app.bot_user, "small"), h("h1", {}, state.app.name), h("span", { class: "tag" }, "APP"));
}

// The tabs of the app; "Messages" is the direct message with its bot.
export function tabs(current) {
  const offered = [
    state.app.home_tab && ["home", "Home"],
    state.app.messages_tab && ["messages", "Messages"],
  ].filter(Boolean);
  const go = (tab) => tell("go", tab === "home" ? "home" : state.screen.dm);
  return h("nav", { class: "tabs", "aria-label": state.app.name },
    offered.map(([tab, name]) => h("button", { type: "button", class: "tab", "aria-current": tab === current ? "page" : null, onclick: () => go(tab) }, name)));
}
