// Where one is, kept in the address, so that it can be reloaded, shared and gone back to.

import { channel, myChannels, state } from "./store.js";

// What the address asks for: ?as= a person, ?in= a channel or "home", ?thread=, or a permalink.
export function fromAddress() {
  const asked = new URLSearchParams(location.search);
  const person = asked.get("as") ?? sessionStorage.getItem("person") ?? "";
  const place = { person, at: asked.get("in") ?? undefined, thread: asked.get("thread") ?? "" };
  return { ...place, ...(location.pathname.startsWith("/archives/") ? targetOf(location.pathname) : {}) };
}

// The channel and message of a permalink's path: /archives/C123/p1700000000123456.
export function targetOf(path) {
  const [, at, digits] = path.match(/^\/archives\/([^/]+)(?:\/p(\d+))?/) ?? [];
  return { at, ts: digits ? `${digits.slice(0, -6)}.${digits.slice(-6)}` : "" };
}

export function remember(push) {
  sessionStorage.setItem("person", state.me.id);
  const asked = new URLSearchParams({ as: state.me.id, in: state.at, ...(state.thread ? { thread: state.thread } : {}) });
  const address = `/?${asked}`;
  if (location.pathname + location.search === address) return;
  history[push ? "pushState" : "replaceState"](null, "", address);
}

// A place the person can be in: the one wanted, else their general channel, else their first.
export function closestPlace(wanted = state.at) {
  if (wanted === "home" || channel(wanted)) return wanted;
  const named = myChannels().filter((it) => !it.is_im && !it.is_archived);
  return (named.find((it) => it.is_general) ?? named[0] ?? myChannels()[0]).id;
}
