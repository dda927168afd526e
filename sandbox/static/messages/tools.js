// What shows beside a message while one points at it, or has come to it by keyboard.

import * as api from "../api.js";
import { h } from "../dom.js";
import { openMenu } from "../popup.js";
import { isForeign, nameOf, state, tell } from "../store.js";

export function tools(message, { inThread }) {
  if (message.local) return null;
  const author = nameOf(message.user);
  return h(
    "div",
    { class: "tools", role: "toolbar", "aria-label": `Actions for the message by ${author}` },
    !inThread && !message.only_for && h("button", { type: "button", class: "quiet", title: "Reply in thread", "aria-label": "Reply in thread", onclick: () => tell("open-thread", message.thread_ts || message.ts) }, "💬"),
    h("button", { type: "button", class: "quiet", title: "More actions", "aria-label": "More actions", "aria-haspopup": "menu", "aria-expanded": "false", onclick: (event) => more(event.currentTarget, message, inThread) }, "⋮"),
  );
}

function more(anchor, message, inThread) {
  const link = `${location.origin}/archives/${message.channel}/p${message.ts.replace(".", "")}`;
  const reply = { label: "Reply in thread", icon: "💬", run: () => tell("open-thread", message.thread_ts || message.ts) };
  const copy = { label: "Copy link", icon: "🔗", run: () => copied(link) };
  openMenu(anchor, [...(message.only_for ? [] : [...shortcuts(message), ...(inThread ? [] : [reply])]), copy], { label: "More actions", end: true });
}

function shortcuts(message) {
  if (isForeign(state.me)) return [];
  const offered = state.app.shortcuts.filter((each) => each.type === "message");
  return offered.map((each) => ({
    label: each.name,
    description: state.app.name,
    icon: "⚡",
    run: () => choose(each, message),
  }));
}

async function choose(shortcut, message) {
  const sent = { callback_id: shortcut.callback_id, channel: message.channel, ts: message.ts };
  try {
    const outcome = await api.act(state.me.id, "message_shortcut", sent);
    if (outcome.trouble) tell("trouble", outcome.notice);
  } catch (error) {
    tell("trouble", error.message);
  }
}

async function copied(link) {
  try {
    await navigator.clipboard.writeText(link);
    tell("said", "Link copied");
  } catch {
    tell("said", link);
  }
}
