// The table block.

import { h } from "../dom.js";
import { richText } from "./rich_text.js";

export function table(block) {
  const [head, ...rest] = block.rows;
  const settings = block.column_settings ?? [];
  const cells = (row, tag) =>
    h("tr", {}, row.map((cell, column) => h(tag, { class: [`align-${settings[column]?.align ?? "left"}`, settings[column]?.is_wrapped && "wrapped"] }, content(cell))));
  return h("div", { class: "table", tabindex: 0, role: "region", "aria-label": "Table" },
    h("table", {}, h("thead", {}, cells(head, "th")), h("tbody", {}, rest.map((row) => cells(row, "td")))));
}

function content(cell) {
  if (cell.type === "rich_text") return richText(cell);
  return cell.text ?? String(cell.value ?? "");
}
