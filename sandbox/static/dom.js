// Making and patching elements. Words only ever become text nodes, never markup.

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "selected", "indeterminate"]);

export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) set(element, name, value);
  element.append(...nodes(children));
  return element;
}

function set(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "class") element.className = [value].flat().filter(Boolean).join(" ");
  else if (PROPERTIES.has(name)) element[name] = value;
  else element.setAttribute(name, value === true ? "" : String(value));
}

export function nodes(children) {
  return children.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false && each !== "");
}

// Make `wanted` the children of `parent`, leaving in place those that already stand right,
// so that neither focus nor a half-typed word is lost.
export function place(parent, wanted) {
  const kept = new Set(wanted);
  for (const each of [...parent.childNodes]) if (!kept.has(each)) each.remove();
  wanted.forEach((each, index) => {
    if (parent.childNodes[index] !== each) parent.insertBefore(each, parent.childNodes[index] ?? null);
  });
}

// Keeps one element for each key, rebuilt only when its signature changes.
export class Kept {
  #made = new Map();

  get(key, signature, make) {
    const found = this.#made.get(key);
    if (found?.signature === signature) return found.element;
    const element = make(found?.element);
    this.#made.set(key, { signature, element });
    return element;
  }

  forgetAllBut(keys) {
    const wanted = new Set(keys);
    for (const key of this.#made.keys()) if (!wanted.has(key)) this.#made.delete(key);
  }
}

let counter = 0;
export function uid(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

export function debounced(milliseconds, work) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), milliseconds);
  };
}
