// How near a call came to what Slack allows: rows of [name, used, most, unit].

export function limitsOf(entry, settings) {
  const rows = [];
  if (entry.toApp) {
    rows.push(["Answered within", entry.took, settings.ack_seconds, " s"]);
    const view = entry.answer?.view;
    return view ? [...rows, ...viewLimits(view)] : rows;
  }
  const view = parsed(entry.args.view);
  const blocks = parsed(entry.args.blocks);
  if (view) rows.push(...viewLimits(view));
  else if (blocks || entry.args.text) rows.push(...messageLimits(blocks ?? [], entry.args.text ?? ""));
  return rows;
}

function viewLimits(view) {
  const rows = [["Blocks", view.blocks?.length ?? 0, 100], ["Size", bytes(view) / 1000, 250, " kB"]];
  if (view.title) rows.push(["Title", length(view.title.text), 24]);
  if (view.private_metadata) rows.push(["private_metadata", length(view.private_metadata), 3000]);
  return [...rows, ...longest(view.blocks)];
}

function messageLimits(blocks, text) {
  const rows = [["Text", length(text), 40000]];
  if (blocks.length) rows.push(["Blocks", blocks.length, 50], ["All texts", total(blocks), 12000], ...longest(blocks));
  return rows;
}

function longest(blocks = []) {
  const sections = ofType(blocks, "section", (block) => length(block.text?.text ?? ""));
  const headers = ofType(blocks, "header", (block) => length(block.text?.text ?? ""));
  const options = blocks.map((block) => (block.element ?? block.accessory)?.options?.length ?? 0).concat(0);
  return [["Longest header", Math.max(...headers), 150], ["Longest text", Math.max(...sections), 3000], ["Most options", Math.max(...options), 100]].filter(([, used]) => used);
}

function total(part) {
  if (Array.isArray(part)) return part.reduce((sum, each) => sum + total(each), 0);
  if (!part || typeof part !== "object") return 0;
  return Object.entries(part).reduce((sum, [name, each]) => sum + (typeof each === "string" ? (name === "text" ? length(each) : 0) : total(each)), 0);
}

const ofType = (blocks, type, measure) => blocks.filter((block) => block.type === type).map(measure).concat(0);
const length = (text) => [...text].length;
const bytes = (view) => new TextEncoder().encode(JSON.stringify(view)).length;

function parsed(value) {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
