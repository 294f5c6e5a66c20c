// What is wrong with a file or a problem: everything at once, each where it stands.

import { count, words } from "./format.js";
import { h, table } from "./dom.js";

/** A refusal as a note, with a table of its faults; `document` lets places be named by id. */
export function refusalShown(refusal, document = null) {
  const faults = refusal.faults ?? [];
  const title = faults.length ? `${count(faults.length, "thing")} to mend` : refusal.message;
  return h("div", { className: "note bad" },
    h("h3", { tabindex: "-1" }, title),
    faults.length > 0 && h("p", {}, "Nothing was changed. Mend these in the file, then open it again."),
    faults.length > 0 && table(title, [["Where"], ["What"], ["Given"]], faults.map((fault) => [
      place(fault, document), sentence(fault.message), given(fault.value),
    ])));
}

function place(fault, document) {
  if (fault.cell) return h("code", {}, fault.cell);
  if (fault.parameter) return h("code", {}, fault.parameter);
  const where = named(fault.pointer ?? "", document);
  return [h("code", {}, fault.pointer || "the whole"), where && h("span", { className: "hint" }, ` ${where}`)];
}

/** /suppliers/3/capacity is also told by whose it is. */
function named(pointer, document) {
  let part = document;
  let name = "";
  for (const step of pointer.split("/").slice(1)) {
    part = part?.[step.replaceAll("~1", "/").replaceAll("~0", "~")];
    name = part?.name ?? (part?.id ? words(part.id) : name);
  }
  return name;
}

const sentence = (message) => (message ? message.charAt(0).toUpperCase() + message.slice(1) : "");
const given = (value) => (value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value));
