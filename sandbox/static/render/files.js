// Files that hang on a message.

import { h } from "../dom.js";

const SHOWN = /^image\/(png|jpeg|gif|webp)$/;

export function bytes(size) {
  if (size < 1000) return `${size} B`;
  return size < 1_000_000 ? `${Math.round(size / 1000)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}

export function filesOf(files) {
  return h("div", { class: "files" }, files.map(one));
}

function one(file) {
  const href = new URL(file.permalink).pathname;
  const open = { href, target: "_blank", rel: "noopener" };
  if (SHOWN.test(file.mimetype)) return h("a", { ...open, class: "file-image" }, h("img", { src: href, alt: file.title, class: "large" }));
  return h("a", { ...open, class: "file" }, h("span", { "aria-hidden": "true" }, "📄"), h("span", {}, h("strong", {}, file.title), h("span", { class: "described" }, `${file.pretty_type} · ${bytes(file.size)}`)));
}
