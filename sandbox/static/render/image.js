// Pictures. Only those of this workspace are fetched; of others the description is shown.

import { h } from "../dom.js";

export function addressOf(spec) {
  if (spec.slack_file) return spec.slack_file.id ? `/files/${spec.slack_file.id}/view` : local(spec.slack_file.url);
  return local(spec.image_url);
}

function local(address) {
  const place = new URL(address, location.href);
  return place.origin === location.origin ? place.pathname + place.search : null;
}

export function picture(spec, size) {
  const src = addressOf(spec);
  if (src) return h("img", { src, alt: spec.alt_text, class: size, loading: "lazy" });
  const name = spec.alt_text || "picture";
  return h("span", { class: ["no-image", size], role: "img", "aria-label": name, title: `${name} (${spec.image_url})` }, size === "large" ? `🖼 ${name}` : "🖼");
}
