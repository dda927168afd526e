// Every element a person can use, by type.

import { button, iconButton, feedbackButtons } from "./buttons.js";
import { checkboxes, radioButtons } from "./choices.js";
import { fileInput } from "./files.js";
import { overflow } from "./overflow.js";
import { datePicker, dateTimePicker, timePicker } from "./pickers.js";
import { richTextInput } from "./rich.js";
import { select } from "./select.js";
import { textInput } from "./text.js";

const MAKERS = {
  button,
  icon_button: iconButton,
  feedback_buttons: feedbackButtons,
  overflow,
  static_select: select, external_select: select, users_select: select,
  conversations_select: select, channels_select: select,
  multi_static_select: select, multi_external_select: select, multi_users_select: select,
  multi_conversations_select: select, multi_channels_select: select,
  radio_buttons: radioButtons,
  checkboxes,
  datepicker: datePicker,
  timepicker: timePicker,
  datetimepicker: dateTimePicker,
  plain_text_input: textInput,
  number_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  rich_text_input: richTextInput,
  file_input: fileInput,
};

// Elements made of several controls, which need a group with a name instead of a label.
export const GROUPED = new Set(["radio_buttons", "checkboxes", "datetimepicker", "file_input"]);

// Return the element for use, or null for a type the page does not know.
// `naming` has the id of the control (`id`), of its label (`labelledby`), hint and error (`describedby`).
export function element(surface, block, spec, naming = {}) {
  return MAKERS[spec.type]?.(surface, block, spec, naming) ?? null;
}
