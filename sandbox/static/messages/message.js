// One message: who, when, what, and what can be done with it.

import { h } from "../dom.js";
import { attachment } from "../render/attachments.js";
import { blocksOf } from "../render/blocks.js";
import { formatted, time, whenInFull } from "../render/dates.js";
import { emoji } from "../render/emoji.js";
import { filesOf } from "../render/files.js";
import { mrkdwn } from "../render/mrkdwn.js";
import { isForeign, nameOf, person, state, teamOf, tell } from "../store.js";
import { Surface } from "../surface.js";
import { tools } from "./tools.js";

export function avatar(id, size = "") {
  return h("img", { class: ["avatar", size], src: `/avatars/${id}`, alt: "", loading: "lazy" });
}

// Return the article for a message. `grouped`: the one before has the same author, just before.
export function messageOf(message, { grouped = false, inThread = false } = {}) {
  const seconds = Number(message.ts);
  const surface = new Surface({ channel: message.channel, ts: message.ts }, message.values);
  const mine = message.only_for && message.only_for === state.me.id;
  return h(
    "article",
    {
      class: ["message", grouped && "grouped", mine && "ephemeral"], id: `${inThread ? "t" : "m"}-${message.ts}`,
      "data-ts": message.ts, tabindex: -1, "aria-label": `${nameOf(message.user)}, ${formatted(seconds, "{date_short_pretty} {time}")}`,
    },
    h("div", { class: "gutter" }, grouped ? h("span", { class: "gutter-time", "aria-hidden": "true" }, time(seconds).replace(/ [AP]M/, "")) : avatar(message.user)),
    h("div", { class: "message-content" }, mine && onlyYou(), !grouped && head(message, seconds), body(message, surface), reactions(message), !inThread && replies(message)),
    tools(message, { inThread }),
  );
}

function onlyYou() {
  return h("p", { class: "only-you" }, h("span", { "aria-hidden": "true" }, "👁 "), "Only visible to you");
}

function head(message, seconds) {
  const who = person(message.user);
  return h(
    "p",
    { class: "message-head" },
    h("strong", { class: "author" }, nameOf(message.user)),
    who?.is_bot && h("span", { class: "tag" }, "APP"),
    isForeign(who) && h("span", { class: "tag org", title: "From another organisation" }, teamOf(who)),
    (who?.is_restricted || who?.is_ultra_restricted) && h("span", { class: "tag" }, "GUEST"),
    h("time", { datetime: new Date(seconds * 1000).toISOString(), title: whenInFull(seconds) }, time(seconds)),
  );
}

function body(message, surface) {
  const told = message.blocks?.length
    ? h("div", { class: "blocks" }, blocksOf(message.blocks, surface))
    : message.text && h("div", { class: "text" }, mrkdwn(message.text));
  return [
    message.thread_ts && message.thread_ts !== message.ts && message.in_channel && h("p", { class: "described" }, "replied to a thread"),
    told,
    message.edited && h("span", { class: "described" }, "(edited)"),
    (message.attachments ?? []).map((each) => attachment(each, surface)),
    message.files?.length && filesOf(message.files),
  ];
}

function reactions(message) {
  if (!message.reactions) return null;
  return h("div", { class: "reactions" }, message.reactions.map((each) =>
    h("span", { class: "reaction", title: each.users.map(nameOf).join(", ") }, emoji(each.name) ?? `:${each.name}:`, " ", String(each.count))));
}

function replies(message) {
  if (!message.reply_count) return null;
  const count = `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`;
  return h(
    "button",
    { type: "button", class: "replies", onclick: () => tell("open-thread", message.ts) },
    message.reply_users.slice(0, 4).map((id) => avatar(id, "tiny")),
    h("strong", {}, count),
    h("span", { class: "described" }, `Last reply ${formatted(Number(message.latest_reply), "{date_short_pretty}").toLowerCase()} at ${time(Number(message.latest_reply))}`),
  );
}
