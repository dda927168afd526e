// Channels, direct messages and the app, with marks for what is unread.

import { h } from "./dom.js";
import { avatar } from "./messages/message.js";
import { channelTitle, isApp, isForeign, myChannels, partners, state, tell } from "./store.js";

export function showSidebar(nav) {
  const focused = document.activeElement?.dataset?.go;
  const mine = myChannels();
  const direct = mine.filter((it) => (it.is_im || it.is_mpim) && !isApp(it.with));
  const channels = mine.filter((it) => !it.is_im && !it.is_mpim && !it.is_archived);
  channels.sort((one, other) => (one.name < other.name ? -1 : 1));
  nav.replaceChildren(
    group("Channels", channels.map(channelItem)),
    ...(direct.length ? [group("Direct messages", direct.map(directItem))] : []),
    ...(isForeign(state.me) ? [] : [group("Apps", [appItem(mine.find((it) => isApp(it.with)))])]),
  );
  if (focused) nav.querySelector(`[data-go="${CSS.escape(focused)}"]`)?.focus();
}

function group(name, items) {
  return h("section", { "aria-label": name }, h("h2", {}, name), h("ul", {}, items));
}

function item(go, current, unread, { badge = false, name }, ...content) {
  const said = unread ? `${name}, ${unread} unread` : name;
  return h("li", {}, h("button", { type: "button", class: ["place", unread > 0 && "unread"], "data-go": go, "aria-current": current ? "page" : null, "aria-label": said, onclick: () => tell("go", go) }, content, badge && unread > 0 && h("span", { class: "badge" }, String(unread))));
}

function channelItem(it) {
  const shared = partners(it);
  const kind = it.is_private ? `${it.name}, private` : it.name;
  const name = shared.length ? `${kind}, shared with ${shared.join(", ")}` : kind;
  return item(it.id, state.at === it.id, it.unread, { name }, signOf(it), h("span", { class: "name" }, it.name),
    shared.length > 0 && h("span", { class: "connect", title: `Shared with ${shared.join(", ")}`, "aria-hidden": "true" }));
}

// "#", or a lock where the channel is private.
export function signOf(it) {
  return h("span", { class: ["sign", it.is_private && "lock"], "aria-hidden": "true" }, it.is_private ? "" : "#");
}

function directItem(it) {
  const face = it.is_im ? avatar(it.with, "tiny") : h("span", { class: "sign", "aria-hidden": "true" }, "👥");
  return item(it.id, state.at === it.id, it.unread, { badge: true, name: channelTitle(it) }, face, h("span", { class: "name" }, channelTitle(it)));
}

function appItem(dm) {
  const go = state.app.home_tab ? "home" : dm?.id;
  const current = state.at === "home" || state.at === dm?.id;
  const unread = dm?.unread ?? 0;
  return item(unread ? dm.id : go, current, unread, { badge: true, name: state.app.name }, avatar(state.app.bot_user, "tiny"), h("span", { class: "name" }, state.app.name));
}
