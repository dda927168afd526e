// What stands round the conversation: the folding sidebar, the folding panel, passing notices.

import { troubleInModal } from "./modal/stack.js";
import { closePanel, openPanel } from "./panel/panel.js";
import { h } from "./dom.js";
import { on } from "./store.js";

const SHOWN = 6000;
const part = (id) => document.getElementById(id);

export function wireFrame() {
  part("open-sidebar").addEventListener("click", () => toggleSidebar(!document.body.classList.contains("sidebar-open")));
  part("open-panel").addEventListener("click", () => togglePanel());
  part("main").addEventListener("click", () => closeSidebar());
  part("sidebar").addEventListener("keydown", (event) => event.key === "Escape" && closeSidebar(true));
  on("toggle-panel", () => {
    togglePanel();
    part("open-panel").focus();
  });
  on("refusals", showRefusals);
  on("trouble", (words) => troubleInModal(words) || notice(words, "wrong"));
  on("said", (words) => notice(words));
  if (sessionStorage.getItem("panel") === "open") on("ready", togglePanel);
}

function toggleSidebar(open) {
  document.body.classList.toggle("sidebar-open", open);
  part("open-sidebar").setAttribute("aria-expanded", String(open));
  if (open) part("sidebar").querySelector("[aria-current], button")?.focus();
}

export function closeSidebar(byKey = false) {
  if (!document.body.classList.contains("sidebar-open")) return;
  toggleSidebar(false);
  if (byKey) part("open-sidebar").focus();
}

function togglePanel() {
  const panel = part("panel");
  const open = panel.hidden;
  panel.hidden = !open;
  part("open-panel").setAttribute("aria-expanded", String(open));
  sessionStorage.setItem("panel", open ? "open" : "");
  if (open) openPanel(panel);
  else closePanel(panel);
}

function showRefusals(count) {
  part("refusals").hidden = !count;
  part("refusals").textContent = count;
  part("refusals").title = `${count} went wrong`;
}

function notice(words, kind = "") {
  const notices = part("notices");
  if (!kind) notices.querySelector(".notice:not(.wrong)")?.remove();
  const made = h("p", { role: kind ? "alert" : "status", class: ["notice", kind] }, words);
  notices.append(made);
  notices.showPopover();
  setTimeout(() => {
    made.remove();
    if (!notices.childElementCount) notices.hidePopover();
  }, SHOWN);
}
