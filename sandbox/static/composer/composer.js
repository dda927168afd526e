// Where one writes: messages, slash commands, files, and the + menu with the global shortcuts.

import * as api from "../api.js";
import { h, place } from "../dom.js";
import { Listbox } from "../elements/listbox.js";
import { openMenu } from "../popup.js";
import { bytes } from "../render/files.js";
import { channelTitle, isApp, state, tell } from "../store.js";
import { commandIn, completed, suggestions } from "./complete.js";
import { globalShortcuts, send } from "./send.js";

export function composer(where) {
  return state.app.messages_read_only && isApp(where.channel.with) ? turnedOff() : new Composer(where);
}

// What stands in its place where the app's manifest lets nobody write to the app.
function turnedOff() {
  return { root: h("p", { class: "composer turned-off" }, "Sending messages to this app has been turned off."), focus: () => {} };
}

class Composer {
  #files = [];

  constructor({ channel, thread = "" }) {
    Object.assign(this, { channel, thread });
    const closed = channel.is_archived || (channel.is_read_only && !state.me.is_admin);
    const label = thread ? "Reply" : `Message ${channel.is_im ? "" : "#"}${channelTitle(channel)}`;
    this.input = h("textarea", {
      rows: 1, class: "composer-input", placeholder: label, "aria-label": label, dir: "auto", disabled: closed, "aria-autocomplete": "list",
      oninput: () => this.#typed(), onkeydown: (event) => this.#key(event), onblur: () => this.list.close(),
    });
    this.list = new Listbox(this.input, (option) => this.#complete(option), () => false);
    this.hint = h("p", { class: "command-hint", hidden: true });
    this.attached = h("ul", { class: "chosen-files", hidden: true });
    this.picker = h("input", { type: "file", multiple: true, class: "unseen", tabindex: -1, "aria-label": "Files to send", onchange: () => this.#attach() });
    const plus = h("button", { type: "button", class: "quiet plus", title: "Shortcuts and files", "aria-label": "Shortcuts and files", "aria-haspopup": "menu", "aria-expanded": "false", disabled: closed, onclick: (event) => this.#menu(event.currentTarget) }, "+");
    this.button = h("button", { type: "button", class: "button primary small send", "aria-label": "Send", disabled: true, onclick: () => this.#send() }, "➤");
    this.root = h("div", { class: "composer" }, this.list.root,
      h("div", { class: "composer-box" }, this.hint, this.attached, this.input, h("div", { class: "composer-row" }, plus, this.picker, h("span", { class: "quiet-text wide-only" }, closed ? "You cannot post here." : "Enter sends, Shift+Enter starts a line"), this.button)));
  }

  focus() {
    this.input.focus();
  }

  #typed() {
    const found = suggestions(this.input.value, this.input.selectionStart);
    if (found.options.length) this.list.open({ leastTyped: 0, waits: false, groupsFor: () => [{ label: found.label, options: found.options }] }, "");
    else this.list.close();
    const command = commandIn(this.input.value);
    this.hint.hidden = !command || !this.input.value.includes(" ");
    this.hint.replaceChildren(...(command ? [h("strong", {}, command.command), ` ${command.usage_hint}`, h("span", { class: "described" }, command.description)] : []));
    this.#settle();
  }

  #settle() {
    this.button.disabled = !this.input.value.trim() && !this.#files.length;
  }

  #key(event) {
    const typed = this.input.value.trimEnd();
    const exact = event.key === "Enter" && commandIn(typed)?.command === typed;
    if (this.list.isOpen && !exact) this.list.key(event, { tabChooses: true });
    if (event.defaultPrevented || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  #complete(option) {
    const at = this.input.selectionStart;
    const [value, caret] = completed(this.input.value, at, option.value);
    this.input.value = value;
    this.input.setSelectionRange(caret, caret);
    this.list.close();
    this.#typed();
  }

  async #send() {
    const text = this.input.value;
    const files = this.#files;
    if (!text.trim() && !files.length) return;
    this.input.value = "";
    this.#files = [];
    this.#showFiles();
    this.#typed();
    await send({ channel: this.channel.id, thread: this.thread, text, files: files.map((each) => each.id) });
  }

  #menu(anchor) {
    const shortcuts = this.thread ? [] : globalShortcuts();
    const attach = { label: "Upload from your computer", icon: "📎", run: () => this.picker.click() };
    openMenu(anchor, [...(shortcuts.length ? [{ heading: "Shortcuts" }, ...shortcuts] : []), { heading: "Add" }, attach], { label: "Shortcuts and files" });
  }

  async #attach() {
    for (const file of [...this.picker.files]) {
      try {
        this.#files.push({ id: await api.upload(state.me.id, file), name: file.name, size: file.size });
      } catch (error) {
        tell("trouble", error.message);
      }
    }
    this.picker.value = "";
    this.#showFiles();
    this.input.focus();
  }

  #showFiles() {
    const drop = (file) => () => {
      this.#files = this.#files.filter((each) => each !== file);
      this.#showFiles();
    };
    place(this.attached, this.#files.map((file) => h("li", {}, h("span", { "aria-hidden": "true" }, "📄"), h("span", { class: "name" }, file.name), h("span", { class: "quiet-text" }, bytes(file.size)), h("button", { type: "button", class: "quiet", "aria-label": `Remove ${file.name}`, onclick: drop(file) }, "✕"))));
    this.attached.hidden = !this.#files.length;
    this.#settle();
  }
}
