// One modal: title, blocks, and the buttons below.

import { Kept, h, place, uid } from "../dom.js";
import { avatar } from "../messages/message.js";
import { blockOf } from "../render/blocks.js";
import { words } from "../render/text.js";
import { state, tell } from "../store.js";
import { Surface } from "../surface.js";

const FIELDS = "input:not([type=file]), textarea";

export class ModalView {
  #kept = new Kept();
  #left = null;
  #seen = "";

  constructor(spec, { close }) {
    this.close = close;
    this.titleId = uid("title");
    this.surface = new Surface({ view: spec.id }, spec.state.values);
    this.head = h("div", { class: "modal-head" });
    this.banner = h("p", { class: "banner", role: "alert", hidden: true });
    this.body = h("div", { class: "modal-body" });
    this.foot = h("div", { class: "modal-foot" });
    this.root = h("form", { class: "modal-form", novalidate: true, onsubmit: (event) => this.#submit(event) }, this.head, this.banner, this.body, this.foot);
  }

  // Show the view as it is now; returns whether anything on it changed.
  show(spec) {
    const signature = JSON.stringify([spec.hash, spec.errors, spec.blocks, spec.title]);
    if (signature === this.#seen) return false;
    this.#seen = signature;
    this.spec = spec;
    this.surface.renew(spec.state.values);
    this.#fillHead();
    this.#fillFoot();
    const focus = keyOf(document.activeElement);
    const blocks = spec.blocks.map((block) =>
      this.#kept.get(block.block_id, JSON.stringify([block, spec.errors[block.block_id]]), () => blockOf(block, this.surface, spec.errors)));
    this.#kept.forgetAllBut(spec.blocks.map((block) => block.block_id));
    const before = new Set(this.body.children);
    place(this.body, blocks);
    if (focus) this.#focusAgain(focus, blocks.filter((each) => !before.has(each)));
    return true;
  }

  enter() {
    const at = this.#left && this.body.querySelector(selectorOf(this.#left));
    (at ?? this.body.querySelector("[data-focus]") ?? this.#firstField() ?? this.head.querySelector("h2")).focus();
  }

  leave() {
    this.#left = keyOf(document.activeElement);
  }

  // After a change: where the focus was taken away, or to the first field that is wrong.
  settleFocus() {
    const wrong = this.body.querySelector(".wrong input, .wrong textarea");
    if (Object.keys(this.spec.errors).length) {
      wrong?.focus({ preventScroll: true });
      this.body.querySelector(".wrong")?.scrollIntoView({ block: "nearest" });
    } else if (!this.root.contains(document.activeElement)) this.head.querySelector("h2").focus();
  }

  trouble(told) {
    this.banner.textContent = told;
    this.banner.hidden = !told;
  }

  #firstField() {
    const first = this.body.querySelector(".input:is(.block)");
    const fields = [...(first?.querySelectorAll(FIELDS) ?? [])];
    return fields.find((each) => each.checked) ?? fields[0];
  }

  // Where the focused element was taken away: to its successor, or to what came in its place.
  #focusAgain(key, fresh) {
    if (this.root.contains(document.activeElement)) return;
    const inFresh = fresh.map((block) => block.querySelector(`${FIELDS}, button`)).find(Boolean);
    (this.body.querySelector(selectorOf(key)) ?? inFresh)?.focus();
  }

  #fillHead() {
    const close = () => this.close(true);
    this.head.replaceChildren(
      avatar(state.app.bot_user, "small"),
      h("h2", { id: this.titleId, tabindex: -1 }, words(this.spec.title)),
      h("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: close }, "✕"),
    );
  }

  #fillFoot() {
    const cancel = () => this.close(false);
    const submits = this.spec.submit;
    this.submitter = submits && h("button", { type: "submit", class: "button primary" }, words(submits));
    this.foot.replaceChildren(
      h("button", { type: "button", class: "button", onclick: cancel }, words(this.spec.close) || (submits ? "Cancel" : "Close")),
      ...(submits ? [this.submitter] : []),
    );
  }

  async #submit(event) {
    event.preventDefault();
    if (!this.submitter || this.submitter.getAttribute("aria-busy")) return;
    this.trouble("");
    this.submitter.setAttribute("aria-busy", "true");
    const outcome = await this.surface.submit();
    this.submitter.removeAttribute("aria-busy");
    if (outcome.trouble) this.trouble(outcome.notice);
    tell("screen-stale");
  }
}

function keyOf(element) {
  const block = element?.closest?.("[data-block]")?.dataset.block;
  const action = element?.closest?.("[data-action]")?.dataset.action;
  return block && action ? { block, action } : null;
}

function selectorOf({ block, action }) {
  const inside = `[data-block="${CSS.escape(block)}"] [data-action="${CSS.escape(action)}"]`;
  return `${inside}:is(button, input, textarea), ${inside} :is(input, textarea)`;
}
