// Text objects: plain_text stays plain, mrkdwn is marked up.

import { h } from "../dom.js";
import { withEmoji } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";

export function words(object) {
  if (!object) return "";
  return object.emoji === false ? object.text : withEmoji(object.text);
}

export function text(object) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text, object);
  return lines(words(object));
}

export function lines(plain) {
  return plain.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
}
