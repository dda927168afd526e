// What stands between < and >: mentions, links, dates; shared by mrkdwn and rich text.

import { h } from "../dom.js";
import { channel as mine, nameOf, person, state, tell } from "../store.js";
import { formatted, whenInFull } from "./dates.js";
import { withEmoji } from "./emoji.js";

const SAFE = /^(https?:|mailto:|tel:)/i;

export function angled(inside) {
  const [target, label] = split(inside);
  if (target.startsWith("@")) return user(target.slice(1), label);
  if (target.startsWith("#")) return channel(target.slice(1), label);
  if (target.startsWith("!subteam^")) return usergroup(target.slice(9), label);
  if (target.startsWith("!date^")) return dateToken(target.slice(1), label);
  if (target.startsWith("!")) return broadcast(target.slice(1), label);
  return link(target, label);
}

function split(inside) {
  const at = inside.indexOf("|");
  return at < 0 ? [inside, ""] : [inside.slice(0, at), inside.slice(at + 1)];
}

export function user(id, label = "") {
  const known = person(id);
  const me = id === state.me?.id;
  return h("span", { class: ["mention", me && "mention-me"] }, `@${known ? nameOf(id) : label || id}`);
}

export function channel(id, label = "") {
  const found = mine(id);
  const name = found?.name ?? (state.everyChannel.get(id)?.is_private ? "" : state.everyChannel.get(id)?.name || label);
  if (!found) return h("span", { class: "mention" }, name ? `#${name}` : "🔒private channel");
  return h("button", { type: "button", class: "mention", onclick: () => tell("go", id) }, `#${name}`);
}

export function channelNamed(name) {
  const found = [...state.everyChannel.values()].find((each) => each.name === name && !each.is_private);
  return found ? channel(found.id) : null;
}

export function usergroup(id, label = "") {
  const found = state.usergroups.get(id);
  const mineToo = found?.users.includes(state.me?.id);
  return h("span", { class: ["mention", mineToo && "mention-me"] }, found ? `@${found.handle}` : label || `@${id}`);
}

export function broadcast(range, label = "") {
  return h("span", { class: ["mention", "mention-me"] }, label || `@${range}`);
}

export function link(target, label = "") {
  const words = withEmoji(label || target.replace(/^mailto:/, ""));
  if (!SAFE.test(target)) return h("span", {}, words);
  const place = new URL(target);
  if (place.origin === location.origin && place.pathname.startsWith("/archives/")) {
    const open = (event) => {
      event.preventDefault();
      tell("open-permalink", place.pathname);
    };
    return h("a", { href: place.pathname, onclick: open }, words);
  }
  return h("a", { href: target, target: "_blank", rel: "noopener noreferrer" }, words);
}

function dateToken(target, fallback) {
  const [, seconds, format, address] = target.split("^");
  return date(Number(seconds), format ?? "", fallback, address);
}

export function date(seconds, format, fallback = "", address = "") {
  if (!Number.isFinite(seconds) || !format) return h("span", {}, fallback);
  const shown = h(
    "time",
    { datetime: new Date(seconds * 1000).toISOString(), title: whenInFull(seconds) },
    formatted(seconds, format),
  );
  if (!address || !SAFE.test(address)) return shown;
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, shown);
}
