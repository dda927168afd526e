// Moments in the viewer's own zone, worded as Slack words them.

import { zone } from "../store.js";

const DAY = 86_400_000;

function parts(seconds, options) {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone(), ...options });
  return Object.fromEntries(format.formatToParts(seconds * 1000).map((each) => [each.type, each.value]));
}

function ordinal(day) {
  const teen = day % 100 > 10 && day % 100 < 14;
  return day + (teen ? "th" : (["th", "st", "nd", "rd"][day % 10] ?? "th"));
}

// The calendar day of a moment in the viewer's zone, as a number that counts days.
export function dayOf(seconds) {
  const { year, month, day } = parts(seconds, { year: "numeric", month: "numeric", day: "numeric" });
  return Math.round(Date.UTC(+year, +month - 1, +day) / DAY);
}

export function time(seconds, withSeconds = false) {
  const told = parts(seconds, {
    hour: "numeric", minute: "2-digit", hour12: true, ...(withSeconds ? { second: "2-digit" } : {}),
  });
  return `${told.hour}:${told.minute}${withSeconds ? `:${told.second}` : ""} ${told.dayPeriod}`;
}

function date(seconds, { month = "long", weekday = false, plain = false } = {}) {
  const told = parts(seconds, { year: "numeric", month, day: "numeric", weekday: "long" });
  const day = plain ? told.day : ordinal(+told.day);
  return `${weekday ? `${told.weekday}, ` : ""}${told.month} ${day}, ${told.year}`;
}

function numeric(seconds) {
  const told = parts(seconds, { year: "numeric", month: "2-digit", day: "2-digit" });
  return `${told.year}-${told.month}-${told.day}`;
}

function nearby(seconds, otherwise) {
  const away = dayOf(seconds) - dayOf(Date.now() / 1000);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[away] ?? otherwise;
}

function ago(seconds) {
  const minutes = Math.round((Date.now() / 1000 - seconds) / 60);
  const count = (number, unit) => `${number} ${unit}${number === 1 ? "" : "s"}`;
  const size = Math.abs(minutes);
  const words = size < 60 ? count(size, "minute") : size < 1440 ? count(Math.round(size / 60), "hour")
    : count(Math.round(size / 1440), "day");
  if (size < 1) return "just now";
  return minutes > 0 ? `${words} ago` : `in ${words}`;
}

const TOKENS = {
  date_num: numeric,
  date: (at) => date(at),
  date_short: (at) => date(at, { month: "short", plain: true }),
  date_long: (at) => date(at, { weekday: true }),
  date_pretty: (at) => nearby(at, date(at)),
  date_short_pretty: (at) => nearby(at, date(at, { month: "short", plain: true })),
  date_long_pretty: (at) => nearby(at, date(at, { weekday: true })),
  time: (at) => time(at),
  time_secs: (at) => time(at, true),
  ago,
};

// Fill a format such as "{date_short} at {time}"; unknown tokens stay as they are.
export function formatted(seconds, format) {
  const words = format.replace(/\{(\w+)\}/g, (whole, name) => TOKENS[name]?.(seconds) ?? whole);
  return /^\{\w*pretty\}/.test(format) ? words.charAt(0).toUpperCase() + words.slice(1) : words;
}

export function dayTitle(seconds) {
  const told = parts(seconds, { weekday: "long", month: "long", day: "numeric", year: "numeric" });
  const thisYear = parts(Date.now() / 1000, { year: "numeric" }).year;
  const named = `${told.weekday}, ${told.month} ${ordinal(+told.day)}${told.year === thisYear ? "" : `, ${told.year}`}`;
  return { "-1": "Yesterday", 0: "Today" }[dayOf(seconds) - dayOf(Date.now() / 1000)] ?? named;
}

export const whenInFull = (seconds) => `${date(seconds, { weekday: true })} at ${time(seconds, true)}`;

// "2026-01-31" and "09:30" in the viewer's zone, and back to seconds.
export function localParts(seconds) {
  const told = parts(seconds, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return { date: numeric(seconds), time: `${told.hour}:${told.minute}` };
}

export function momentOf(day, clock) {
  const wanted = Date.parse(`${day}T${clock}:00Z`) / 1000;
  if (Number.isNaN(wanted)) return null;
  let guess = wanted;
  for (let round = 0; round < 3; round += 1) {
    const shown = localParts(guess);
    guess += wanted - Date.parse(`${shown.date}T${shown.time}:00Z`) / 1000;
  }
  return guess;
}
