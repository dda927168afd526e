// The page: loads what there is, follows what changes, and hands each part to those who draw it.

import * as api from "./api.js";
import { debounced } from "./dom.js";
import { follow } from "./feed.js";
import { leaveHome, showHome } from "./home.js";
import { closeSidebar, wireFrame } from "./frame.js";
import { focusComposer, leaveChannel, revealMessage, showChannel, showMessages } from "./messages/channel.js";
import { forgetNotices } from "./messages/notices.js";
import { focusThread, revealReply, showThread, showThreadMessages } from "./messages/thread.js";
import { showModals } from "./modal/stack.js";
import { announceNew } from "./live.js";
import { forgetTraffic, renewTraffic } from "./panel/panel.js";
import { showPeople } from "./people.js";
import { closestPlace, fromAddress, remember, targetOf } from "./places.js";
import { showSidebar } from "./sidebar.js";
import { channel, isForeign, keepWorkspace, nameOf, on, players, state, tell } from "./store.js";

const part = (id) => document.getElementById(id);
const renewSoon = debounced(20, () => renew().catch(lost));

let asked = 0;
let drawn = 0;

async function renew() {
  asked += 1;
  const turn = asked;
  const [wanted, place] = [state.me.id, state.at];
  const [screen, messages] = await Promise.all([
    api.screen(wanted),
    place && place !== "home" ? api.messages(place, wanted) : [],
  ]);
  if (wanted !== state.me.id || place !== state.at || turn < drawn) return;
  drawn = turn;
  state.screen = screen;
  const moved = closestPlace();
  if (moved !== state.at) return go(moved);
  announceNew(messages);
  state.messages = messages;
  draw();
}

function draw() {
  document.title = `${state.at === "home" ? state.app.name : (channel(state.at)?.name || "Messages")} · ${state.team.name}`;
  showSidebar(part("sidebar"));
  if (state.at === "home") showHome(part("main"));
  else {
    showChannel(part("main"));
    showThread(part("thread"));
    showMessages();
    showThreadMessages();
  }
  if (state.at === "home") part("thread").hidden = true;
  showModals();
}

async function go(place, { thread = "", push = true } = {}) {
  if (place === "home" && isForeign(state.me)) return;
  if (place !== state.at) {
    leaveChannel();
    leaveHome();
    state.messages = [];
  }
  Object.assign(state, { at: place, thread });
  remember(push);
  closeSidebar();
  await renew();
}

async function become(id, wanted = {}) {
  const screen = await api.screen(id);
  Object.assign(state, { me: state.people.get(id), screen });
  forgetNotices();
  leaveChannel();
  leaveHome();
  showPeople(part("people"));
  await go(closestPlace(wanted.at ?? state.at), { thread: wanted.thread ?? "", push: false });
}

async function reload(wanted) {
  const workspace = await workspaceOfThisRun();
  keepWorkspace(workspace);
  const known = [wanted?.person, state.me?.id].find((id) => players().some((each) => each.id === id));
  await become(known ?? players()[0].id, wanted);
  return workspace.seq;
}

// The workspace was stopped and started again: nothing here holds any more, not even the script.
async function workspaceOfThisRun() {
  const workspace = await api.workspace();
  if (state.run && state.run !== workspace.run) location.reload();
  return workspace;
}

// Somebody or some channel changed: take it over, and leave alone what is being written.
async function refresh() {
  keepWorkspace(await workspaceOfThisRun());
  if (!players().some((each) => each.id === state.me.id)) return become(players()[0].id);
  state.me = state.people.get(state.me.id);
  showPeople(part("people"));
  await renew();
}

function changed(change) {
  const mine = !change.person || change.person === state.me.id;
  if (["call", "delivery"].includes(change.kind)) renewTraffic();
  else if (change.kind === "delivered") renewTraffic(change.delivery);
  else if (["person", "channel"].includes(change.kind)) refreshSoon();
  else if (change.kind === "reset") reload().then(forgetTraffic).catch(lost);
  else if (change.kind === "message" ? !change.only_for || change.only_for === state.me.id : mine && ["read", "view", "home"].includes(change.kind)) renewSoon();
}

const refreshSoon = debounced(50, () => refresh().catch(lost));

function lost() {
  part("connection").hidden = false;
  part("connection").textContent = "The workspace does not answer. Trying again…";
}

function back() {
  reload().then(() => { part("connection").hidden = true; }).catch(lost);
}

async function openPermalink(path) {
  const target = targetOf(path);
  if (!channel(target.at)) return tell("said", "You cannot see that conversation.");
  await go(target.at);
  const found = state.messages.find((each) => each.ts === target.ts);
  if (found && !found.in_channel) await go(target.at, { thread: found.thread_ts });
  revealMessage(target.ts) || revealReply(target.ts);
}

async function start() {
  const wanted = fromAddress();
  const path = location.pathname;
  wireFrame();
  on("go", (place) => go(place).then(() => matchMedia("(hover: hover)").matches && focusComposer()));
  on("become", (id) => become(id).then(() => tell("said", `You are ${nameOf(id)} now`)));
  on("open-thread", (ts) => go(state.at, { thread: ts }).then(focusThread));
  on("close-thread", () => go(state.at).then(focusComposer));
  on("open-permalink", openPermalink);
  on("messages", draw);
  on("screen-stale", () => renewSoon());
  on("focus-composer", focusComposer);
  const seq = await reload(wanted);
  tell("ready");
  if (wanted.ts) await openPermalink(path);
  remember(false);
  addEventListener("popstate", () => {
    const { person, at, thread } = fromAddress();
    if (person === state.me.id) go(closestPlace(at), { thread, push: false });
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && renewSoon());
  renewTraffic();
  follow(seq, { changed, lost, back });
}

start().catch((error) => {
  lost();
  throw error;
});
