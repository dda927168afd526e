// Saying aloud, for those who listen to the page, what arrives in the open conversation.

import { decoded } from "./render/mrkdwn.js";
import { nameOf, state } from "./store.js";

export function announceNew(messages) {
  const newest = state.messages.at(-1)?.ts;
  if (!newest) return;
  const fresh = messages.filter((each) => each.ts > newest && each.user !== state.me.id);
  if (!fresh.length) return;
  const said = fresh.map((each) => `${nameOf(each.user)}: ${plain(each.text)}`).join(". ");
  document.getElementById("announcer").textContent = said;
}

function plain(text) {
  return decoded((text ?? "")
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, "$1")
    .replace(/<@(\w+)[^>]*>/g, (_, id) => nameOf(id))
    .replace(/<[^|>]*\|([^>]*)>/g, "$1")
    .replace(/[<>*_~`]/g, ""));
}
