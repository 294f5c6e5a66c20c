// Open a problem: an example, or a file of one's own.

import { announce, byId, fill, focusOn, h } from "./dom.js";
import { refusalShown } from "./faults.js";
import { ask, get } from "./service.js";
import { on, open } from "./store.js";

const TYPES = {
  json: "application/json",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};
const found = h("div", { id: "faults", "aria-live": "off" });

export async function setUpOpening() {
  const examples = h("ul", { className: "examples" });
  fill(byId("opening"),
    h("p", { className: "lead" }, "Oremix finds the cheapest mix of partner supply, new refining and recycling that meets demand within your rules, such as “China at most 40 %”. Open an example, or a problem of your own."),
    h("div", { className: "doors" },
      h("div", {}, h("h2", {}, "Examples"), examples),
      h("div", {}, h("h2", {}, "Your file"), dropZone())),
    found);
  on("opened", (problem) => {
    byId("open").className = "is-open";
    byId("open-title").textContent = problem.name ?? "A problem without a name";
    byId("opened").hidden = false;
    byId("sections").hidden = false;
    document.title = `${problem.name ?? "Problem"} – Oremix workbench`;
    fold();
  });
  try {
    const { examples: list } = await get("v1/examples");
    fill(examples, list.map(({ name, title }) => h("li", {},
      h("button", { type: "button", onclick: () => example(name) }, title))));
  } catch (error) {
    shown(error);
  }
}

/** Once something is open, the doors are behind a summary. */
function fold() {
  const doors = byId("opening");
  if (!doors.querySelector("details")) {
    const inside = [...doors.childNodes];
    fill(doors, h("details", {}, h("summary", {}, "Open another problem"), inside));
  }
  doors.querySelector("details").open = false;
}

async function example(name) {
  try {
    took(await get(`v1/examples/${name}`));
  } catch (error) {
    shown(error);
  }
}

function took(problem) {
  fill(found);
  open(problem);
  announce(`${problem.name ?? "The problem"} is open and being solved.`);
  focusOn(byId("open-title"));
}

function dropZone() {
  const input = h("input", { type: "file", id: "file", accept: ".json,.xlsx", onchange: () => input.files[0] && file(input.files[0]).then(() => { input.value = ""; }) });
  const zone = h("div", { className: "drop" },
    h("label", { for: "file" }, "Choose a file, or drop it here"),
    input,
    h("p", { className: "hint" }, "JSON (.json) or a workbook (.xlsx). It is sent to this service and nowhere else."));
  const over = (isOver) => (event) => {
    event.preventDefault();
    zone.classList.toggle("over", isOver);
  };
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files[0]) file(event.dataTransfer.files[0]);
  });
  return zone;
}

async function file(chosen) {
  const ending = chosen.name.split(".").at(-1).toLowerCase();
  if (!(ending in TYPES)) {
    shown({ message: `${chosen.name} is no file that can be opened here. Choose one that ends in .json or .xlsx.` });
    return;
  }
  const bytes = await chosen.arrayBuffer();
  const document = ending === "json" ? parsed(bytes) : null;
  try {
    if (ending === "json") {
      await ask("POST", "v1/check", { body: bytes, type: TYPES.json });
      took(document);
    } else {
      took(await (await ask("POST", "v1/convert", { body: bytes, type: TYPES[ending] })).json());
    }
  } catch (error) {
    shown(error, document);
  }
}

function parsed(bytes) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null; // the service says where it breaks
  }
}

function shown(refusal, document = null) {
  fill(found, refusalShown(refusal, document));
  announce(found.querySelector("h3").textContent);
  focusOn(found.querySelector("h3"));
}
