// Whose eyes one looks through.

import { h } from "./dom.js";
import { avatar } from "./messages/message.js";
import { openMenu } from "./popup.js";
import { isForeign, nameOf, players, roleOf, state, teamOf, tell } from "./store.js";

export function showPeople(root) {
  const button = h(
    "button",
    { type: "button", class: "quiet me", id: "me", "aria-haspopup": "menu", "aria-expanded": "false", title: "Be somebody else", "aria-label": `You are ${nameOf(state.me.id)}, ${roleOf(state.me)}. Be somebody else`, onclick: (event) => choose(event.currentTarget) },
    avatar(state.me.id, "small"),
    h("span", { class: "wide-only who" }, h("strong", {}, nameOf(state.me.id)), h("span", { class: "described" }, roleOf(state.me))),
    h("span", { "aria-hidden": "true" }, "▾"),
  );
  const had = root.contains(document.activeElement);
  root.replaceChildren(button);
  if (had) button.focus();
}

function choose(anchor) {
  const groups = new Map([[state.team.name, []], ["Guests", []]]);
  for (const who of players()) {
    const name = isForeign(who) ? teamOf(who) : who.is_restricted || who.is_ultra_restricted ? "Guests" : state.team.name;
    groups.set(name, [...(groups.get(name) ?? []), who]);
  }
  const items = [...groups].filter(([, members]) => members.length).flatMap(([name, members]) => [{ heading: name }, ...members.map(row)]);
  openMenu(anchor, items, { label: "Be somebody else", end: true });
}

function row(who) {
  return { label: nameOf(who.id), description: who.profile.title, oneLine: true, icon: avatar(who.id, "tiny"), checked: who.id === state.me.id, run: () => tell("become", who.id) };
}
