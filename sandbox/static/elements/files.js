// Choosing files from one's machine.

import * as api from "../api.js";
import { h, place } from "../dom.js";
import { bytes } from "../render/files.js";
import { state, tell } from "../store.js";

const LARGEST = 10 * 1024 * 1024;

export function fileInput(surface, block, spec, { labelledby, describedby }) {
  const most = spec.max_files ?? 10;
  let files = surface.held(block, spec) ?? [];
  const accept = spec.filetypes?.map((each) => `.${each}`).join(",");
  const input = h("input", { type: "file", class: "unseen", multiple: most > 1, accept, onchange: () => add([...input.files]) });
  const list = h("ul", { class: "chosen-files" });
  const button = h("label", { class: "button small" }, input, most > 1 ? "Choose files" : "Choose a file");
  const drop = (event) => {
    event.preventDefault();
    add([...event.dataTransfer.files]);
  };

  async function add(chosen) {
    const fits = chosen.filter((file) => file.size <= LARGEST);
    if (fits.length < chosen.length) tell("trouble", "A file may have 10 MB at most.");
    button.setAttribute("aria-busy", "true");
    for (const file of fits) {
      const id = await api.upload(state.me.id, file);
      files = [...files, { id, name: file.name, size: file.size, url_private: id }];
    }
    button.removeAttribute("aria-busy");
    input.value = "";
    await changed();
  }

  function remove(file) {
    files = files.filter((each) => each !== file);
    return changed();
  }

  async function changed() {
    show();
    await surface.enter(block, spec, files);
  }

  function show() {
    place(list, files.map((file) =>
      h("li", {}, h("span", { "aria-hidden": "true" }, "📄"), h("span", { class: "name" }, file.name), h("span", { class: "quiet-text" }, bytes(file.size)),
        h("button", { type: "button", class: "quiet", "aria-label": `Remove ${file.name}`, onclick: () => remove(file) }, "✕"))));
    list.hidden = !files.length;
  }

  show();
  return h("div", { role: "group", class: "file-input", "aria-labelledby": labelledby, "aria-describedby": describedby, ondragover: (event) => event.preventDefault(), ondrop: drop },
    list, button, h("span", { class: "quiet-text" }, ` or drop ${most > 1 ? `up to ${most} files` : "one"} here`));
}
