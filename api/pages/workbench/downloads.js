// What can be taken along: the problem, the plan, the report, the workbook.

import { byId, fill, h } from "./dom.js";
import { ask } from "./service.js";
import { on, state } from "./store.js";

export function setUpDownloads() {
  on("opened", draw);
  on("answered", draw);
}

function draw() {
  const said = h("p", { role: "alert", id: "download-said" });
  const hasPlan = state.plan !== null;
  const button = (title, make, isReady = true) => h("li", {}, h("button", { type: "button", disabled: !isReady, onclick: async () => {
    said.textContent = "";
    try {
      await make();
    } catch (error) {
      said.textContent = error.message;
    }
  } }, title));
  fill(byId("downloads"),
    h("p", {}, "The plan is that of the pictures above; the report and the workbook are made of it."),
    h("ul", { className: "buttons" },
      button("Problem (.json)", () => save(json(state.problem), "problem.json")),
      button("Plan (.json)", () => save(json(state.plan), "plan.json"), hasPlan),
      button("Report (.html)", () => report("html"), hasPlan),
      button("Workbook (.xlsx)", () => report("xlsx"), hasPlan)),
    said);
}

const json = (content) => new Blob([`${JSON.stringify(content, null, 2)}\n`], { type: "application/json" });

async function report(format) {
  const body = JSON.stringify({ plan: state.plan, problem: state.planned });
  save(await (await ask("POST", `v1/report?format=${format}`, { body })).blob(), format === "html" ? "plan.html" : "plan.xlsx");
}

function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
