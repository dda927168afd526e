// Completing what is typed: /commands at the beginning, @people, #channels and :emoji: anywhere.

import { EMOJI } from "../render/emoji.js";
import { isForeign, myChannels, nameOf, players, roleOf, state } from "../store.js";

const MOST = 8;
const NONE = { label: "", options: [] };

// The command a text begins with, if the app has it.
export function commandIn(text) {
  const name = text.match(/^\/\S+/)?.[0];
  return commands().find((each) => each.command === name);
}

const commands = () => (isForeign(state.me) ? [] : state.app.commands);

export function suggestions(text, caret) {
  const before = text.slice(0, caret);
  const command = before.match(/^\/\S*$/);
  if (command) return ofCommands(command[0]);
  const [, sign, typed] = before.match(/(?:^|\s)([@#:])([\w.+-]*)$/) ?? [];
  if (sign === "@") return ofPeople(typed);
  if (sign === "#") return ofChannels(typed);
  return sign === ":" && typed.length > 1 ? ofEmoji(typed) : NONE;
}

function ofCommands(typed) {
  const found = commands().filter((each) => each.command.startsWith(typed));
  const options = found.map((each) => ({ value: `${each.command} `, text: `${each.command} ${each.usage_hint}`.trim(), description: each.description }));
  return { label: state.app.name, options };
}

function ofPeople(typed) {
  const wanted = typed.toLowerCase();
  const found = players().filter((each) => each.name.startsWith(wanted) || nameOf(each.id).toLowerCase().includes(wanted));
  return { label: "People", options: found.slice(0, MOST).map((each) => ({ value: `@${each.name} `, text: nameOf(each.id), description: `@${each.name} · ${roleOf(each)}` })) };
}

function ofChannels(typed) {
  const found = myChannels().filter((each) => each.name && !each.is_mpim && each.name.includes(typed.toLowerCase()));
  return { label: "Channels", options: found.slice(0, MOST).map((each) => ({ value: `#${each.name} `, text: `#${each.name}` })) };
}

function ofEmoji(typed) {
  const found = [...EMOJI].filter(([name]) => name.startsWith(typed));
  return { label: "Emoji", options: found.slice(0, MOST).map(([name, sign]) => ({ value: `${sign} `, text: `${sign} :${name}:` })) };
}

// Return the text with the word before the caret replaced, and where the caret goes.
export function completed(text, caret, word) {
  const from = text.slice(0, caret).search(/\S*$/);
  const before = text.slice(0, from) + word;
  return [before + text.slice(caret).trimStart(), before.length];
}
