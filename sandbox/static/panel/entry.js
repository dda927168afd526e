// One line of traffic: a request to the app or a call by it, its JSON unfolded on click.

import { h } from "../dom.js";
import { time } from "../render/dates.js";
import { nameOf, state } from "../store.js";
import { limitsOf } from "./limits.js";

export function wentWrong(entry) {
  return entry.toApp ? Boolean(entry.trouble) : entry.answer.ok === false || entry.status === 0 || entry.status >= 400;
}

const answered = (entry) => !entry.toApp || entry.status > 0 || Boolean(entry.trouble);

export function entryOf(entry) {
  const wrong = wentWrong(entry);
  const made = h(
    "details",
    { class: ["entry", wrong && "wrong", entry.toApp ? "to-app" : "by-app"], ontoggle: () => unfold() },
    h(
      "summary",
      {},
      h("span", { class: "arrow", "aria-hidden": "true" }, entry.toApp ? "→" : "←"),
      h("span", { class: "what" }, h("span", { class: "unseen" }, entry.toApp ? "To the app: " : "By the app: "), h("code", {}, entry.toApp ? entry.type : entry.method), " ", about(entry)),
      h("span", { class: "took" }, answered(entry) ? `${Math.round(entry.took * 1000)} ms` : "…"),
      h("span", { class: "when" }, time(entry.at, true)),
      wrong && h("span", { class: "why" }, ...why(entry)),
    ),
  );
  const unfold = () => {
    if (made.open && made.childElementCount === 1) made.append(...parts(entry));
  };
  return made;
}

function about(entry) {
  if (!entry.toApp) return entry.fault ? h("span", { class: "described" }, `fault: ${entry.fault}`) : "";
  const payload = entry.payload;
  const who = payload.user?.id ?? payload.user_id ?? payload.event?.user;
  const what = payload.actions?.[0]?.action_id ?? payload.view?.callback_id ?? payload.callback_id ?? payload.text ?? "";
  return h("span", { class: "described" }, [who && nameOf(who), what, entry.retry > 0 && `retry ${entry.retry}`].filter(Boolean).join(" · "));
}

function why(entry) {
  if (entry.toApp) return [h("strong", {}, entry.trouble), entry.status ? ` HTTP ${entry.status}` : ""];
  const needed = entry.answer.needed ? [`needed: ${entry.answer.needed}`] : [];
  const problems = [...entry.problems, ...needed].map((each) => h("span", { class: "problem" }, each.replace("[ERROR] ", "")));
  return [h("strong", {}, entry.answer.error ?? (entry.status ? `HTTP ${entry.status}` : "no answer")), ...problems];
}

function parts(entry) {
  const limits = limitsOf(entry, state.settings);
  return [
    limits.length > 0 && h("dl", { class: "limits", "aria-label": "Limits checked" }, limits.map(limitRow)),
    ...json(entry.toApp ? "Request" : "Arguments", entry.toApp ? entry.payload : entry.args),
    ...json("Answer", entry.answer),
  ].filter(Boolean);
}

function limitRow([name, used, most, unit = ""]) {
  return h("div", { class: [used > most && "over"] }, h("dt", {}, name), h("dd", {}, h("meter", { min: 0, max: most, high: most * 0.9, value: used, "aria-label": name }), ` ${shown(used)} of ${shown(most)}${unit}`));
}

const shown = (number) => number.toLocaleString("en-US", { maximumFractionDigits: 2 });

function json(title, value) {
  const told = value === null || value === "" ? "(empty)" : typeof value === "string" ? value : JSON.stringify(readable(value), null, 2);
  return [h("h3", {}, title), h("pre", { tabindex: 0 }, told)];
}

// Arguments that arrived as JSON in a string are unfolded too.
function readable(value) {
  if (Array.isArray(value)) return value.map(readable);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, readable(each)]));
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
