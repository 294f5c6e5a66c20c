// Every country, supplier, plant and recycler closed one by one, the worst first: a job.

import { fill, h, table } from "./dom.js";
import { amount, count, moreOrLess } from "./format.js";
import { cancelButton, progressShown, run } from "./jobs.js";
import { withoutStudies } from "./outage.js";
import { state } from "./store.js";

const SHOWN = 15;

/** A button that tries them all, with the place where the answer comes. */
export function everyOutage() {
  const found = h("div", { id: "every-outage" });
  const go = h("button", { type: "button", onclick: async () => {
    go.disabled = true;
    try {
      const { plan, planned } = state;
      if (!plan) throw new Error("There is no plan to put to the test yet.");
      const content = { problem: withoutStudies(planned), plan, options: { insurance: 3 } };
      const study = await run("stress", content, (job) => fill(found, h("p", {}, progressShown(job), " ", cancelButton(job))));
      fill(found, study === null ? h("p", { className: "note" }, "Cancelled before anything was tried.") : shown(study));
    } catch (error) {
      fill(found, h("p", { className: "note bad" }, error.message));
    } finally {
      go.disabled = false;
    }
  } }, "Try every outage, one by one");
  return [h("p", { className: "buttons" }, go), found];
}

function shown(study) {
  const rows = study.outages.slice(0, SHOWN).map((outage) => [
    outage.text,
    outage.total_cost === null ? "no plan at all" : amount(Math.round(100 * outage.shortage) / 100, "years"),
    outage.total_cost === null ? "–" : moreOrLess(outage.extra_cost ?? outage.difference, study.currency),
  ]);
  const more = study.outages.length - rows.length;
  return [
    !study.complete && h("p", { className: "note" }, `Ended early: ${count(study.untried.length, "outage")} not tried.`),
    table("Outages, the worst first", [["If"], ["Demand missing", true], ["It costs", true]], rows),
    more > 0 && h("p", { className: "hint" }, `${count(more, "other")} do less harm.`),
    study.insurance.length > 0 && [h("h3", {}, "What would help, the cheapest first"), h("ul", {}, study.insurance.slice(0, SHOWN).map((line) => h("li", {}, `Outage of ${line.outage}: ${line.text}`)))],
  ];
}
