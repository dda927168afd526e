// Where the options of each kind of select come from, as groups of {value, text, description}.

import { words } from "../render/text.js";
import { channelTitle, isForeign, myChannels, nameOf, roleOf, state, teamOf } from "../store.js";

const DEFAULT_LENGTH = 3;

const ofOption = (option) => ({ value: option, text: words(option.text), description: words(option.description) });
const ofPerson = (who) => ({ value: who.id, text: nameOf(who.id), description: isForeign(who) ? teamOf(who) : who.is_bot ? "App" : roleOf(who) });
const ofChannel = (it) => ({ value: it.id, text: sign(it) + channelTitle(it), description: it.is_ext_shared ? "Shared with another organisation" : "" });

function sign(it) {
  if (it.is_im || it.is_mpim) return "";
  return it.is_private ? "🔒" : "#";
}

// Return {leastTyped, groupsFor(typed), shown(value), same(one, other)} for an element.
export function sourceOf(surface, block, spec) {
  const kind = spec.type.replace(/^multi_/, "");
  if (kind === "external_select") return external(surface, block, spec);
  if (kind === "static_select") return local(grouped(spec), ofOption, sameOption);
  if (kind === "users_select") return local([{ options: everybody().map(ofPerson) }], (id) => ({ text: nameOf(id) }));
  const channels = kind === "channels_select" ? myChannels().filter((it) => !it.is_private && !it.is_im) : conversations(spec.filter ?? {});
  return local([{ options: channels.map(ofChannel) }], (id) => ({ text: named(id) }));
}

const everybody = () => [...state.people.values()].filter((who) => !who.deleted && who.id !== "USLACKBOT");

function named(id) {
  const found = myChannels().find((it) => it.id === id);
  return found ? sign(found) + channelTitle(found) : (state.everyChannel.get(id)?.name ?? id);
}

function conversations(filter) {
  return myChannels().filter(
    (it) =>
      (!filter.include || filter.include.includes(it.kind)) &&
      !(filter.exclude_external_shared_channels && it.is_ext_shared) &&
      !(filter.exclude_bot_users && it.is_im && state.people.get(it.with)?.is_bot),
  );
}

function grouped(spec) {
  if (!spec.option_groups) return [{ options: spec.options.map(ofOption) }];
  return spec.option_groups.map((group) => ({ label: words(group.label), options: group.options.map(ofOption) }));
}

const sameOption = (one, other) => one?.value === other?.value && one?.text.text === other?.text.text;

function local(groups, shown, same = (one, other) => one === other) {
  const groupsFor = (typed) => groups
    .map((group) => ({ ...group, options: group.options.filter((each) => matches(each, typed)) }))
    .filter((group) => group.options.length);
  return { leastTyped: 0, waits: false, groupsFor, shown: (value) => shown(value).text, same };
}

function matches(option, typed) {
  return folded(option.text).includes(folded(typed.trim()));
}

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function external(surface, block, spec) {
  const groupsFor = async (typed) => {
    const offer = await surface.suggest(block, spec, typed);
    if (offer.trouble) throw new Error(offer.trouble);
    if (offer.option_groups) return grouped(offer).filter((group) => group.options.length);
    return offer.options.length ? grouped(offer) : [];
  };
  const shown = (value) => ofOption(value).text;
  return { leastTyped: spec.min_query_length ?? DEFAULT_LENGTH, waits: true, groupsFor, shown, same: sameOption };
}
