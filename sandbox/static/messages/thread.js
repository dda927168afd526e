// The pane with one thread.

import { composer } from "../composer/composer.js";
import { h } from "../dom.js";
import { channel, channelTitle, state, tell } from "../store.js";
import { MessageList } from "./list.js";
import { noticesIn } from "./notices.js";

let open = null;

export function showThread(pane) {
  const it = channel(state.at);
  const wanted = state.thread && it ? `${state.me.id} ${it.id} ${state.thread}` : "";
  pane.hidden = !wanted;
  if (open?.key === wanted) return;
  open = null;
  pane.replaceChildren();
  if (!wanted) return;
  open = { key: wanted, list: new MessageList({ label: "Thread", inThread: true }), composer: composer({ channel: it, thread: state.thread }) };
  const close = h("button", { type: "button", class: "quiet", "aria-label": "Close thread", onclick: () => tell("close-thread") }, "✕");
  pane.append(
    h("header", { class: "channel-head row" }, h("h2", {}, "Thread"), h("span", { class: "quiet-text" }, channelTitle(it)), close),
    open.list.root,
    open.composer.root,
  );
}

export function showThreadMessages() {
  if (!open) return;
  const seen = [...state.messages, ...noticesIn(state.at)].filter((each) => each.ts === state.thread || each.thread_ts === state.thread);
  open.list.show(seen.sort((one, other) => (one.ts < other.ts ? -1 : 1)), { empty: "This thread is gone." });
}

export const focusThread = () => open?.composer.focus();
export const revealReply = (ts) => open?.list.reveal(ts);
