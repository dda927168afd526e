// One view or message as the person uses it: what is entered there, and telling the app of it.

import * as api from "./api.js";
import { state, tell } from "./store.js";

const HELD = {
  static_select: "selected_option", external_select: "selected_option", radio_buttons: "selected_option",
  multi_static_select: "selected_options", multi_external_select: "selected_options",
  checkboxes: "selected_options", users_select: "selected_user", multi_users_select: "selected_users",
  conversations_select: "selected_conversation", multi_conversations_select: "selected_conversations",
  channels_select: "selected_channel", multi_channels_select: "selected_channels",
  datepicker: "selected_date", timepicker: "selected_time", datetimepicker: "selected_date_time",
  file_input: "files", rich_text_input: "rich_text_value",
};

const keyOf = (block, element) => `${block.block_id}\n${element.action_id}`;

export class Surface {
  #values;
  #drafts = new Map();
  #under = Promise.resolve();

  // `at` is {view} or {channel, ts}.
  constructor(at, values = {}) {
    this.at = at;
    this.#values = values;
  }

  // Take over what the workspace has; what was typed into places that are gone is forgotten.
  renew(values) {
    this.#values = values;
    for (const key of this.#drafts.keys()) {
      const [block, action] = key.split("\n");
      if (!values[block]?.[action]) this.#drafts.delete(key);
    }
  }

  // What an element holds now, in the form in which it is entered.
  held(block, element) {
    const draft = this.#drafts.get(keyOf(block, element));
    if (draft && draft.kind === element.type) return draft.value;
    const kept = this.#values[block.block_id]?.[element.action_id];
    return kept?.type === element.type ? kept[HELD[element.type] ?? "value"] : undefined;
  }

  // Note what was typed; it is sent with the next request.
  note(block, element, value) {
    this.#drafts.set(keyOf(block, element), { kind: element.type, value, unsent: true });
  }

  // Note a value and send it: as an action where the app asked for one.
  async enter(block, element, value) {
    this.note(block, element, value);
    return dispatches(block) ? this.use(block, element) : this.#send({});
  }

  use(block, element, chosen) {
    return this.#send({ used: { block: block.block_id, action: element.action_id, chosen } });
  }

  submit() {
    return this.#inOrder((entries) => api.submit(state.me.id, { view: this.at.view, entries }));
  }

  async suggest(block, element, typed) {
    await this.#under;
    return api.suggest(state.me.id, { place: this.at, block: block.block_id, action: element.action_id, typed });
  }

  #send(more) {
    return this.#inOrder((entries) => api.enter(state.me.id, { place: this.at, entries, ...more }));
  }

  // One request after the other, so that what was entered last is what counts. What could not be
  // sent goes along with the next.
  #inOrder(ask) {
    const asked = this.#under.then(() => this.#withEntries(ask)).catch((error) => {
      tell("trouble", error.message);
      return { trouble: error.message, errors: {}, notice: error.message };
    });
    this.#under = asked.then(() => undefined);
    return asked;
  }

  async #withEntries(ask) {
    const unsent = [...this.#drafts].filter(([, draft]) => draft.unsent);
    const settled = () => unsent.forEach(([, draft]) => { draft.unsent = false; });
    try {
      const outcome = await ask(unsent.map(entryOf));
      settled();
      return outcome;
    } catch (error) {
      if (error instanceof api.Refused) settled();
      throw error;
    }
  }
}

function entryOf([key, { value }]) {
  const [block, action] = key.split("\n");
  return { block, action, value: Array.isArray(value) ? value.map((each) => (each?.url_private ? each.id : each)) : value };
}

export const dispatches = (block) => block.type !== "input" || Boolean(block.dispatch_action);
