// Lists and menus that float above everything, and stay on the screen.

import { h } from "./dom.js";

const GAP = 4;
const NEAR = 8; // pixels from the end of a list that count as its end

// Put a shown popover beside its anchor: below it, or above where there is more room.
export function position(popup, anchor, { matchWidth = false, end = false, tallest = 360 } = {}) {
  const box = anchor.getBoundingClientRect();
  const below = innerHeight - box.bottom - GAP * 2;
  const above = box.top - GAP * 2;
  const up = below < Math.min(popup.scrollHeight, 240) && above > below;
  popup.style.maxHeight = `${Math.min(tallest, up ? above : below)}px`;
  popup.style.minWidth = matchWidth ? `${box.width}px` : "";
  popup.style.maxWidth = matchWidth ? `${Math.max(box.width, 200)}px` : "";
  const width = popup.offsetWidth;
  const left = end ? box.right - width : box.left;
  popup.style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
  popup.style.top = up ? `${box.top - GAP - popup.offsetHeight}px` : `${box.bottom + GAP}px`;
}

// Open a menu at a button. Items are {label, description, run} or {heading}; `oneLine` puts the
// description beside the label.
export function openMenu(anchor, items, { label, end = false } = {}) {
  const close = () => menu.hidePopover();
  const row = (item) =>
    item.heading
      ? h("p", { class: "menu-heading", role: "presentation" }, item.heading)
      : h(
          "button",
          { type: "button", role: item.checked === undefined ? "menuitem" : "menuitemradio", "aria-checked": item.checked === undefined ? null : String(item.checked), tabindex: -1, class: "menu-item", onclick: () => { close(); item.run(); } },
          item.icon && h("span", { class: "menu-icon", "aria-hidden": "true" }, item.icon),
          h("span", { class: item.oneLine && "one-line" }, h("span", { class: "menu-label" }, item.label), item.description && h("span", { class: "described" }, item.description)),
        );
  const menu = h("div", { popover: "auto", role: "menu", class: "popup menu", "aria-label": label, onkeydown: (event) => walk(event, menu) }, items.map(row));
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    anchor.setAttribute("aria-expanded", "false");
    if (!menu.contains(document.activeElement) && document.activeElement !== document.body) menu.remove();
    else {
      menu.remove();
      anchor.focus();
    }
  });
  (anchor.closest("dialog") ?? document.body).append(menu);
  anchor.setAttribute("aria-expanded", "true");
  menu.showPopover();
  position(menu, anchor, { end, tallest: innerHeight });
  showThatMoreIsBelow(menu);
  (menu.querySelector("[aria-checked=true]") ?? menu.querySelector("button"))?.focus();
}

function showThatMoreIsBelow(menu) {
  const more = h("div", { class: "more", "aria-hidden": "true" }, "⌄");
  const settle = () => { more.hidden = menu.scrollTop + menu.clientHeight > menu.scrollHeight - NEAR; };
  menu.append(more);
  menu.addEventListener("scroll", settle);
  settle();
}

function walk(event, menu) {
  const rows = [...menu.querySelectorAll("button")];
  const at = rows.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + rows.length, Home: 0, End: rows.length - 1 }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  rows[to % rows.length].focus();
}
