// Asking "are you sure" before an action, where the app wants it asked.

import { h, uid } from "../dom.js";
import { text, words } from "../render/text.js";

// Resolve to true when the person agrees; at once where there is nothing to ask.
export function confirmed(spec) {
  if (!spec) return Promise.resolve(true);
  return new Promise((resolve) => {
    const title = uid("confirm");
    const answer = (agreed) => () => {
      resolve(agreed);
      dialog.close();
    };
    const style = spec.style === "danger" ? "danger" : "primary";
    const dialog = h(
      "dialog",
      { class: "modal confirm", "aria-labelledby": title },
      h("header", { class: "modal-head" }, h("h2", { id: title }, words(spec.title))),
      h("div", { class: "modal-body" }, h("p", {}, text(spec.text))),
      h(
        "footer",
        { class: "modal-foot" },
        h("button", { type: "button", class: "button", onclick: answer(false) }, words(spec.deny)),
        h("button", { type: "button", class: ["button", style], onclick: answer(true) }, words(spec.confirm)),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(false);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
