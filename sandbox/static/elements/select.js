// Selects: one or several, typed into, with the list of options below.

import { h } from "../dom.js";
import { words } from "../render/text.js";
import { confirmed } from "./confirm.js";
import { Listbox } from "./listbox.js";
import { sourceOf } from "./sources.js";

export function select(surface, block, spec, naming) {
  return new Select(surface, block, spec, naming).root;
}

class Select {
  constructor(surface, block, spec, { id, labelledby, describedby, label }) {
    Object.assign(this, { surface, block, spec });
    this.several = spec.type.startsWith("multi_");
    this.source = sourceOf(surface, block, spec);
    this.chosen = this.several ? [...(surface.held(block, spec) ?? [])] : [surface.held(block, spec)].filter(Boolean);
    this.input = h("input", {
      id, type: "text", role: "combobox", class: "field", autocomplete: "off", spellcheck: "false",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-describedby": describedby,
      "aria-label": labelledby ? null : label || words(spec.placeholder) || words(spec.initial_option?.text) || "Choose", "data-focus": spec.focus_on_load,
      onclick: () => this.open(), oninput: () => this.open(this.input.value), onkeydown: (event) => this.key(event), onblur: () => this.leave(),
    });
    this.list = new Listbox(this.input, (option) => this.choose(option), (option) => this.isChosen(option));
    this.chips = h("span", { class: "chips" });
    this.clearer = h("button", { type: "button", class: "quiet clear", "aria-label": "Clear", onclick: () => this.keep([]) }, "✕");
    this.root = h("div", { class: ["select", this.several && "several"] }, this.chips, this.input, this.clearer, this.list.root);
    this.show();
  }

  get mayClear() {
    return !this.several && this.chosen.length > 0 && this.block.type === "input" && this.block.optional;
  }

  isChosen(option) {
    return this.chosen.some((each) => this.source.same(each, option.value));
  }

  show() {
    const hint = words(this.spec.placeholder) || (this.several ? "Choose some" : "Choose one");
    this.input.placeholder = this.several && this.chosen.length ? "" : hint;
    this.settle();
    this.clearer.hidden = !this.mayClear;
    this.chips.replaceChildren(...(this.several ? this.chosen.map((value) => this.chip(value)) : []));
  }

  settle() {
    this.input.value = this.several || !this.chosen.length ? "" : this.source.shown(this.chosen[0]);
  }

  chip(value) {
    const name = this.source.shown(value);
    const remove = () => this.keep(this.chosen.filter((each) => each !== value));
    return h("span", { class: "chip" }, name, h("button", { type: "button", class: "quiet", "aria-label": `Remove ${name}`, onclick: remove }, "✕"));
  }

  open(typed = "") {
    if (!typed && !this.several) this.input.select();
    this.list.open(this.source, typed);
  }

  leave() {
    this.list.close();
    this.settle();
  }

  key(event) {
    if (event.key === "Backspace" && this.several && !this.input.value && this.chosen.length) this.keep(this.chosen.slice(0, -1));
    else if (this.list.isOpen) this.list.key(event);
    else if (["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      this.open();
    } else if (event.key === "Enter") event.preventDefault();
  }

  async choose(option) {
    const most = this.spec.max_selected_items ?? Infinity;
    const without = this.chosen.filter((each) => !this.source.same(each, option.value));
    if (!this.several) await this.keep([option.value]);
    else if (without.length < this.chosen.length) await this.keep(without);
    else if (without.length < most) await this.keep([...without, option.value]);
  }

  async keep(chosen) {
    this.list.close();
    if (await confirmed(this.spec.confirm)) {
      this.chosen = chosen;
      this.show();
      await this.surface.enter(this.block, this.spec, this.several ? chosen : (chosen[0] ?? null));
    } else this.show();
  }
}
