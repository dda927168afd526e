// The conversation in the middle: its head, its messages, and the composer.

import * as api from "../api.js";
import { composer } from "../composer/composer.js";
import { h } from "../dom.js";
import { tabs, title as appTitle } from "../home.js";
import { signOf } from "../sidebar.js";
import { channel, channelTitle, isApp, isForeign, nameOf, partners, person, roleOf, state, tell } from "../store.js";
import { MessageList } from "./list.js";
import { noticesIn } from "./notices.js";

let open = null;

export function showChannel(main) {
  const it = channel(state.at);
  const kind = [it.id, state.me.id, it.is_archived, it.is_read_only].join(" ");
  if (open?.kind !== kind) {
    open = { id: it.id, kind, unread: it.unread, newFrom: null };
    open.list = new MessageList({ label: `Messages in ${channelTitle(it)}` });
    open.composer = composer({ channel: it });
    open.head = h("header", { class: "channel-head" });
    main.replaceChildren(open.head, open.list.root, open.composer.root);
    if (isApp(it.with)) api.act(state.me.id, "home", { tab: "messages" }).catch((error) => tell("trouble", error.message));
  }
  open.head.replaceChildren(...head(it));
}

export function leaveChannel() {
  open = null;
}

export function showMessages() {
  if (!open || open.id !== state.at) return;
  const seen = [...state.messages.filter((each) => each.in_channel), ...noticesIn(open.id)]
    .sort((one, other) => (one.ts < other.ts ? -1 : 1));
  open.newFrom ??= firstUnread(seen, open.unread);
  const it = channel(open.id);
  open.list.show(seen, { newFrom: open.newFrom, empty: `This is the very beginning of ${channelTitle(it)}.` });
  markRead(it);
}

export const revealMessage = (ts) => open?.list.reveal(ts);
export const focusComposer = () => open?.composer.focus();

function firstUnread(seen, unread) {
  const theirs = seen.filter((each) => each.user !== state.me.id && !each.only_for);
  return unread && unread < theirs.length ? theirs.at(-unread).ts : "";
}

export function markRead(it) {
  if (!it?.unread || document.visibilityState !== "visible") return;
  api.act(state.me.id, "read", { channel: it.id }).catch((error) => tell("trouble", error.message));
}

function head(it) {
  if (it.is_im && isApp(it.with)) return [appTitle(), tabs("messages")];
  const shared = partners(it);
  const title = it.is_im ? [h("h1", {}, channelTitle(it)), h("span", { class: "quiet-text" }, about(it))]
    : [h("h1", {}, signOf(it), channelTitle(it)), h("span", { class: "quiet-text" }, `${it.members.length} members`)];
  return [
    h("div", { class: "channel-title" }, title, it.topic?.value && h("span", { class: "topic quiet-text" }, it.topic.value)),
    shared.length > 0 && h("p", { class: "shared-note" }, h("span", { class: "connect", "aria-hidden": "true" }), " ", sharing(shared)),
    it.is_archived && h("p", { class: "shared-note" }, "This channel is archived."),
  ].filter(Boolean);
}

function sharing(shared) {
  const [owner, others] = [h("strong", {}, state.team.name), h("strong", {}, shared.join(", "))];
  return isForeign(state.me) ? [owner, " shares this channel with you at ", others, "."] : [owner, " shares this channel with ", others, ". They read along."];
}

function about(it) {
  const who = person(it.with);
  if (!who) return nameOf(it.with);
  return who.is_bot ? "App" : roleOf(who);
}
