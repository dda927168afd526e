// What Slackbot says to one person alone on this page, such as that a command failed.

import { state, tell } from "../store.js";

const kept = new Map();

export function addNotice(channel, text, threadTs = "") {
  const ts = (Date.now() / 1000).toFixed(6);
  const notice = { ts, user: "USLACKBOT", text, channel, only_for: state.me.id, local: true, in_channel: !threadTs, thread_ts: threadTs, values: {} };
  kept.set(channel, [...(kept.get(channel) ?? []), notice]);
  tell("messages");
}

export const noticesIn = (channel) => kept.get(channel) ?? [];
export const forgetNotices = () => kept.clear();
