// A scrolling list of messages with day dividers, patched in place as messages come and change.

import { Kept, h, place } from "../dom.js";
import { dayOf, dayTitle } from "../render/dates.js";
import { nameOf } from "../store.js";
import { messageOf } from "./message.js";

const TOGETHER = 300; // seconds within which messages of one person stand together
const NEAR = 80; // pixels from the end that still count as reading along

export class MessageList {
  #kept = new Kept();
  #current = "";

  constructor({ label, inThread = false }) {
    this.inThread = inThread;
    this.root = h("div", { class: "messages", role: "region", "aria-label": label, onkeydown: (event) => this.#walk(event), onfocusin: (event) => this.#focused(event) });
  }

  // Show messages, oldest first; `newFrom` is the ts of the first unread one.
  show(messages, { newFrom = "", empty = "" } = {}) {
    const reading = this.#atEnd() || !this.root.childElementCount;
    const wanted = messages.flatMap((message, index) => this.#rows(messages[index - 1], message, newFrom));
    this.#kept.forgetAllBut(wanted.map((each) => each.key));
    const elements = wanted.map((each) => this.#kept.get(each.key, each.signature, each.make));
    place(this.root, messages.length ? elements : [h("p", { class: "empty" }, empty)]);
    this.#settleFocus();
    if (reading) this.toEnd();
  }

  toEnd() {
    this.root.scrollTop = this.root.scrollHeight;
  }

  // Bring a message into view and mark it for a moment; false where it is not here.
  reveal(ts) {
    const found = this.root.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
    if (!found) return false;
    found.scrollIntoView({ block: "center" });
    found.classList.add("revealed");
    setTimeout(() => found.classList.remove("revealed"), 2500);
    found.focus({ preventScroll: true });
    return true;
  }

  #rows(before, message, newFrom) {
    const seconds = Number(message.ts);
    const newDay = !this.inThread && (!before || dayOf(Number(before.ts)) !== dayOf(seconds));
    const unread = message.ts === newFrom;
    const grouped = Boolean(before) && !newDay && !unread && before.user === message.user &&
      seconds - Number(before.ts) < TOGETHER && Boolean(before.only_for) === Boolean(message.only_for) && !(this.inThread && before.ts === before.thread_ts);
    const rows = [];
    if (newDay) rows.push(row(`day ${dayOf(seconds)}`, dayTitle(seconds), () => h("h2", { class: "divider" }, h("span", {}, dayTitle(seconds)))));
    if (unread) rows.push(row("new", "", () => h("p", { class: "divider new" }, h("span", {}, "New"))));
    rows.push(row(message.ts, JSON.stringify([message, grouped, nameOf(message.user)]), () => messageOf(message, { grouped, inThread: this.inThread })));
    return rows;
  }

  #atEnd() {
    return this.root.scrollHeight - this.root.scrollTop - this.root.clientHeight < NEAR;
  }

  // One message of the list is reached by Tab, the others from it by the arrow keys.
  #settleFocus() {
    const articles = [...this.root.querySelectorAll("article")];
    if (!articles.some((each) => each.dataset.ts === this.#current)) this.#current = articles.at(-1)?.dataset.ts ?? "";
    for (const article of articles) {
      const reached = article.dataset.ts === this.#current ? 0 : -1;
      for (const each of [article, ...article.querySelectorAll(".tools button")]) each.tabIndex = reached;
    }
  }

  #focused(event) {
    const article = event.target.closest("article");
    if (!article || article.dataset.ts === this.#current) return;
    this.#current = article.dataset.ts;
    this.#settleFocus();
  }

  #walk(event) {
    if (event.target.tagName !== "ARTICLE") return;
    const articles = [...this.root.querySelectorAll("article")];
    const at = articles.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: articles.length - 1 }[event.key];
    if (to === undefined || !articles[to]) return;
    event.preventDefault();
    articles[to].focus();
  }
}

const row = (key, signature, make) => ({ key, signature, make });
