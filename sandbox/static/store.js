// What the page knows, and who wants to hear when a part of it changes.

export const state = {
  run: null,
  team: null,
  teams: new Map(),
  app: null,
  people: new Map(),
  everyChannel: new Map(),
  usergroups: new Map(),
  me: null,
  screen: null,
  at: null, // a channel's id, or "home"
  thread: "",
  messages: [],
  settings: {},
};

const listeners = new Map();

export function on(topics, listener) {
  for (const topic of topics.split(" ")) {
    if (!listeners.has(topic)) listeners.set(topic, []);
    listeners.get(topic).push(listener);
  }
}

export function tell(topic, ...facts) {
  for (const listener of listeners.get(topic) ?? []) listener(...facts);
}

export function keepWorkspace(told) {
  state.run = told.run;
  state.team = told.team;
  state.teams = byId(told.teams);
  state.app = told.app;
  state.people = byId(told.people);
  state.everyChannel = byId(told.channels);
  state.usergroups = byId(told.usergroups);
  state.settings = told.settings;
}

function byId(list) {
  return new Map(list.map((each) => [each.id, each]));
}

export const person = (id) => state.people.get(id);
export const myChannels = () => state.screen?.channels ?? [];
export const channel = (id) => myChannels().find((each) => each.id === id);
export const isForeign = (who) => Boolean(who?.team_id) && who.team_id !== state.team.id;
export const teamOf = (who) => state.teams.get(who?.team_id)?.name ?? "another organisation";
export const isApp = (id) => id === state.app.bot_user;
export const zone = () => state.me?.tz || "UTC";

export function nameOf(id) {
  const found = person(id);
  return found ? found.profile.display_name || found.real_name || found.profile.real_name || found.name : id;
}

// People who can sign in, and so be chosen to look through their eyes.
export function players() {
  return [...state.people.values()].filter((each) => !each.is_bot && !each.deleted && each.id !== "USLACKBOT");
}

export function roleOf(who) {
  if (isForeign(who)) return teamOf(who);
  const guest = who.is_restricted || who.is_ultra_restricted ? "Guest" : "";
  return [who.profile.title, guest].filter(Boolean).join(", ") || "Member";
}

export function channelTitle(it) {
  if (it.is_im) return nameOf(it.with);
  if (it.is_mpim) return it.members.filter((id) => id !== state.me.id).map(nameOf).join(", ");
  return it.name;
}

export const partners = (it) => (it.connected_team_ids ?? []).map((id) => state.teams.get(id)?.name ?? id);
