// The "…" menu.

import { h } from "../dom.js";
import { openMenu } from "../popup.js";
import { words } from "../render/text.js";
import { pressed } from "./buttons.js";

export function overflow(surface, block, spec, { label } = {}) {
  const choose = (option, index) => {
    if (option.url) window.open(option.url, "_blank", "noopener,noreferrer");
    pressed(made, surface, block, spec, index);
  };
  const open = () =>
    openMenu(
      made,
      spec.options.map((option, index) => ({ label: words(option.text), description: words(option.description), run: () => choose(option, index) })),
      { label: "More actions", end: true },
    );
  const named = label ? `More actions: ${label}` : "More actions";
  const made = h("button", { type: "button", class: "button small icon", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": named, onclick: open }, "⋯");
  return made;
}
