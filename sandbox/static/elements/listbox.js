// The list below a select: it loads, is walked through by arrow keys, and reports a choice.

import { debounced, h, uid } from "../dom.js";
import { position } from "../popup.js";

const PAUSE = 150;

export class Listbox {
  #options = [];
  #rows = [];
  #active = -1;
  #asked = 0;
  #soon = debounced(PAUSE, (source, typed) => this.#load(source, typed));

  constructor(input, choose, isChosen) {
    this.input = input;
    this.choose = choose;
    this.isChosen = isChosen;
    this.list = h("ul", { role: "listbox", id: uid("list"), "aria-label": "Options" });
    this.status = h("p", { class: "list-status", role: "status" });
    this.root = h("div", { popover: "manual", class: "popup", onmousedown: (event) => event.preventDefault() }, this.status, this.list);
    input.setAttribute("aria-controls", this.list.id);
  }

  get isOpen() {
    return this.root.matches(":popover-open");
  }

  open(source, typed) {
    if (!this.isOpen) {
      this.root.showPopover();
      this.input.setAttribute("aria-expanded", "true");
      this.follow = () => position(this.root, this.input, { matchWidth: true });
      addEventListener("scroll", this.follow, true);
      addEventListener("resize", this.follow);
    }
    if (typed.length < source.leastTyped) this.#say(`Type ${source.leastTyped === 1 ? "a letter" : `${source.leastTyped} letters`} to search`);
    else if (source.waits) {
      this.#say("Loading…");
      if (typed) this.#soon(source, typed);
      else this.#load(source, typed);
    } else this.#fill(source.groupsFor(typed));
  }

  close() {
    this.#asked += 1;
    if (!this.isOpen) return;
    this.root.hidePopover();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    removeEventListener("scroll", this.follow, true);
    removeEventListener("resize", this.follow);
  }

  key(event, { tabChooses = false } = {}) {
    const chooses = event.key === "Enter" || (tabChooses && event.key === "Tab" && !event.shiftKey);
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) this.#activate((this.#active + move + this.#rows.length) % (this.#rows.length || 1));
    else if (chooses) this.#options[this.#active] && this.choose(this.#options[this.#active]);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  async #load(source, typed) {
    this.#asked += 1;
    const asked = this.#asked;
    try {
      const groups = await source.groupsFor(typed);
      if (asked === this.#asked) this.#fill(groups);
    } catch {
      if (asked === this.#asked) this.#say("Something went wrong. Try again.");
    }
  }

  #say(words) {
    this.#options = this.#rows = [];
    this.list.replaceChildren();
    this.#settle(words);
  }

  #fill(groups) {
    this.#options = groups.flatMap((group) => group.options);
    this.#rows = this.#options.map((option) => this.#row(option));
    let at = 0;
    this.list.replaceChildren(...groups.flatMap((group) => {
      const rows = group.options.map(() => this.#rows[at++]);
      return group.label ? [this.#group(group.label, rows)] : rows;
    }));
    this.#settle(this.#options.length ? "" : "No matches");
    this.#activate(Math.max(0, this.#options.findIndex((option) => this.isChosen(option))));
  }

  #settle(words) {
    this.#active = -1;
    this.status.textContent = words;
    this.status.hidden = !words;
    this.follow();
  }

  #group(label, rows) {
    const id = uid("group");
    return h("li", { role: "presentation" }, h("ul", { role: "group", "aria-labelledby": id }, h("li", { id, class: "group-label", role: "presentation" }, label), rows));
  }

  #row(option) {
    return h(
      "li",
      { role: "option", id: uid("option"), "aria-selected": String(this.isChosen(option)), onclick: () => this.choose(option) },
      h("span", {}, option.text),
      option.description && h("span", { class: "described" }, option.description),
    );
  }

  #activate(index) {
    this.#rows[this.#active]?.classList.remove("active");
    const row = this.#rows[index];
    this.#active = row ? index : -1;
    if (!row) return this.input.removeAttribute("aria-activedescendant");
    row.classList.add("active");
    row.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", row.id);
  }
}
