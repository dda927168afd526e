// Dates and times. They are picked and shown in the viewer's own zone.

import { h } from "../dom.js";
import { localParts, momentOf } from "../render/dates.js";
import { words } from "../render/text.js";
import { zone } from "../store.js";
import { confirmed } from "./confirm.js";

function picker(type, surface, block, spec, { id, labelledby, describedby, label }) {
  let current = surface.held(block, spec) ?? "";
  const change = async () => {
    if (made.value === current) return;
    if (await confirmed(spec.confirm)) {
      current = made.value;
      await surface.enter(block, spec, current || null);
    } else made.value = current;
  };
  const made = h("input", {
    id, type, value: current, class: "field", title: words(spec.placeholder) || null,
    "aria-describedby": describedby, "aria-label": labelledby ? null : label || words(spec.placeholder) || type,
    "data-focus": spec.focus_on_load, onchange: change,
  });
  return made;
}

export const datePicker = (...given) => picker("date", ...given);
export const timePicker = (...given) => picker("time", ...given);

export function dateTimePicker(surface, block, spec, { labelledby, describedby }) {
  let current = surface.held(block, spec);
  const shown = () => (current ? localParts(current) : { date: "", time: "" });
  const change = async () => {
    const half = Boolean(day.value) !== Boolean(clock.value);
    const moment = momentOf(day.value, clock.value);
    if (half || moment === current) return;
    if (await confirmed(spec.confirm)) {
      current = moment;
      await surface.enter(block, spec, moment);
    } else [day.value, clock.value] = [shown().date, shown().time];
  };
  const day = h("input", { type: "date", class: "field", value: shown().date, "aria-label": "Date", "data-focus": spec.focus_on_load, onchange: change });
  const clock = h("input", { type: "time", class: "field", value: shown().time, "aria-label": "Time", onchange: change });
  return h("div", { role: "group", class: "date-time", "aria-labelledby": labelledby, "aria-describedby": describedby, title: `Times are in ${zone()}` }, day, clock);
}
