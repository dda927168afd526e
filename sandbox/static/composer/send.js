// Sending what was written: as a message, or as a command to the app.

import * as api from "../api.js";
import { addNotice } from "../messages/notices.js";
import { isForeign, myChannels, state, tell } from "../store.js";
import { commandIn } from "./complete.js";

export async function send({ channel, thread, text, files }) {
  const words = text.trim();
  const [name] = words.match(/^\/\S+/) ?? [];
  try {
    if (!name || text.startsWith(" ")) await api.act(state.me.id, "write", { channel, text: encoded(words), thread_ts: thread, files });
    else await command({ channel, thread, name, words: words.slice(name.length).trim() });
  } catch (error) {
    tell("trouble", error.message);
  }
}

async function command({ channel, thread, name, words }) {
  if (thread) return addNotice(channel, `\`${name}\` is not supported in threads. Sorry!`, thread);
  if (!commandIn(name)) return addNotice(channel, `\`${name}\` is not a valid command. To send a message that starts with a slash, put a space before it.`);
  const outcome = await api.act(state.me.id, "command", { command: name, text: words, channel });
  if (outcome.trouble) addNotice(channel, outcome.notice);
}

// A message as Slack stores it: signs escaped, mentions and links between < and >.
function encoded(text) {
  return text
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replace(/(?<!\S)@([\w.-]+)/g, (whole, name) => mention(whole, name))
    .replace(/(?<!\S)#([\w-]+)/g, (whole, name) => {
      const found = myChannels().find((each) => each.name === name);
      return found ? `<#${found.id}|${name}>` : whole;
    })
    .replace(/(?<!\S)https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)]/g, (url) => `<${url}>`);
}

function mention(whole, name) {
  if (["here", "channel", "everyone"].includes(name)) return `<!${name}>`;
  const found = [...state.people.values()].find((each) => each.name === name);
  return found ? `<@${found.id}>` : whole;
}

export function globalShortcuts() {
  if (isForeign(state.me)) return [];
  return state.app.shortcuts
    .filter((each) => each.type === "global")
    .map((each) => ({ label: each.name, description: each.description || state.app.name, icon: "⚡", run: () => choose(each) }));
}

async function choose(shortcut) {
  try {
    const outcome = await api.act(state.me.id, "global_shortcut", { callback_id: shortcut.callback_id });
    if (outcome.trouble) tell("trouble", outcome.notice);
  } catch (error) {
    tell("trouble", error.message);
  }
}
