// Slack's mrkdwn: *bold*, _italics_, ~strike~, `code`, ```blocks```, > quotes, and <…> tokens.

import { h } from "../dom.js";
import { withEmoji } from "./emoji.js";
import { angled, broadcast, channelNamed, link } from "./tokens.js";

const INLINE = new RegExp(
  [
    "(?<code>`[^`\\n]+`)",
    "<(?<angled>[^<>\\n]+)>",
    "(?<![\\w*])\\*(?<bold>[^\\s*](?:[^*\\n]*[^\\s*])?)\\*(?![\\w*])",
    "(?<![\\w_])_(?<italic>[^\\s_](?:[^_\\n]*[^\\s_])?)_(?![\\w_])",
    "(?<![\\w~])~(?<strike>[^\\s~](?:[^~\\n]*[^\\s~])?)~(?![\\w~])",
    "(?<url>\\bhttps?://[^\\s<>|]+[^\\s<>|.,;:!?)\\]\"'*_~])",
    "(?<![\\w@])@(?<range>here|channel|everyone)\\b",
    "(?<![\\w#&])#(?<channel>[a-z0-9_-]+)\\b",
  ].join("|"),
  "g",
);
const ANGLED = /<([^<>|]+)\|?([^<>]*)>/g;
const AUTOMATIC = ["url", "range", "channel"];

export const decoded = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

// Return the nodes for mrkdwn text. With `verbatim` nothing is linked that is not in <…>.
export function mrkdwn(text, { verbatim = false } = {}) {
  return text.split(/```\n?([\s\S]*?)\n?```/).flatMap((part, index) =>
    index % 2 ? [h("pre", {}, decoded(part.replace(ANGLED, (_, target, label) => label || target)))]
      : part === "" ? [] : quoted(part, verbatim),
  );
}

function quoted(text, verbatim) {
  const made = [];
  let lines = [];
  let inQuote = false;
  const flush = () => {
    if (lines.length) made.push(inQuote ? h("blockquote", {}, joined(lines, verbatim)) : joined(lines, verbatim));
    lines = [];
  };
  for (const [index, line] of text.split("\n").entries()) {
    const found = line.match(/^(?:&gt;|>)\s?(.*)$/);
    const rest = line.match(/^(?:&gt;|>){3}\s?(.*)$/);
    if (Boolean(found) !== inQuote && index) flush();
    inQuote = Boolean(found);
    lines.push((rest ?? found)?.[1] ?? line);
  }
  flush();
  return made.flat();
}

function joined(lines, verbatim) {
  return lines.flatMap((line, index) => [index ? h("br") : null, ...inline(line, verbatim)]).filter(Boolean);
}

function inline(text, verbatim) {
  const made = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    const node = marked(found.groups, verbatim);
    if (node === null) continue;
    if (found.index > from) made.push(withEmoji(decoded(text.slice(from, found.index))));
    made.push(node);
    from = found.index + found[0].length;
  }
  if (from < text.length) made.push(withEmoji(decoded(text.slice(from))));
  return made;
}

function marked(groups, verbatim) {
  if (verbatim && AUTOMATIC.some((name) => groups[name])) return null;
  if (groups.code) return h("code", {}, decoded(groups.code.slice(1, -1)));
  if (groups.angled) return angled(decoded(groups.angled));
  if (groups.bold) return h("strong", {}, ...inline(groups.bold, verbatim));
  if (groups.italic) return h("em", {}, ...inline(groups.italic, verbatim));
  if (groups.strike) return h("s", {}, ...inline(groups.strike, verbatim));
  if (groups.url) return link(decoded(groups.url));
  if (groups.range) return broadcast(groups.range);
  return channelNamed(groups.channel);
}
