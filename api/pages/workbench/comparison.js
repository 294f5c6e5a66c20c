// Two plans side by side: the one that was kept, and the one as it stands.

import { announce, byId, fill, h, table } from "./dom.js";
import { refusalShown } from "./faults.js";
import { amount, country, money, moreOrLess, percent, signed, words, year } from "./format.js";
import { nameOf } from "./names.js";
import { latest } from "./latest.js";
import { picture } from "./picture.js";
import { post } from "./service.js";
import { change, on, state } from "./store.js";

const compare = latest(compared);

export function setUpComparison() {
  on("opened", draw);
  on("answered", ({ plan }) => {
    draw();
    if (state.kept && plan.total_cost !== null) compare(plan);
  });
  on("drawn", () => state.kept && sides());
}

const found = h("div", { id: "compared" });

function draw() {
  const { kept, plan } = state;
  const keep = h("button", { type: "button", className: "main", id: "keep", disabled: !plan, onclick: () => {
    state.kept = { plan: state.plan, problem: state.planned, figures: state.figures };
    fill(found, h("p", { className: "note" }, "Kept. Now change something: the two are compared at once."));
    draw();
    byId("keep").focus();
    announce("The plan is kept as A.");
  } }, kept ? "Keep the plan as it stands instead" : "Keep this plan as A");
  fill(byId("comparison"),
    h("p", {}, kept ? `A costs ${money(kept.plan.total_cost, kept.plan.currency)}; B is the plan as it stands.` : "Keep the plan as A, then move a cap: the plan as it stands is B."),
    h("p", { className: "buttons" }, keep, kept && h("button", { type: "button", onclick: () => change(kept.problem) }, "Go back to A")),
    found);
  if (!kept) fill(found);
}

async function compared(plan, isWanted) {
  const first = state.kept.plan;
  if (first === plan) return;
  try {
    const study = await post("v1/studies/compare", { first, second: plan });
    if (isWanted() && state.kept?.plan === first) shown(study, plan);
  } catch (error) {
    if (isWanted()) fill(found, refusalShown(error));
  }
}

function shown(study, plan) {
  const { currency } = study;
  const verdict = `B costs ${moreOrLess(study.difference, currency)}${Math.abs(study.difference) < 0.5 ? " as A" : " than A"}.`;
  const difference = (value) => signed(value, currency);
  fill(found,
    h("p", { className: "decision" }, verdict),
    table("A and B", [[""], ["A", true], ["B", true], ["B less A", true]], [
      ["Total cost", money(study.first.total_cost, currency), money(study.second.total_cost, currency), difference(study.difference)],
      ...study.by_category.map((line) => [words(line.of), money(line.first, currency), money(line.second, currency), difference(line.difference)]),
    ]),
    study.causes.length > 0 && [h("h3", {}, "Why"), h("ul", {}, study.causes.slice(0, 8).map((line) => h("li", {}, because(line, currency))))],
    h("div", { className: "two" }, h("div", { id: "side-a" }), h("div", { id: "side-b" })),
    study.shares.length > 0 && h("details", {}, h("summary", {}, `Shares that differ (${study.shares.length})`),
      table("Shares that differ", [["Rule"], ["Of"], ["Material"], ["When"], ["Measured on"], ["A", true], ["B", true]], study.shares.map((line) => [
        line.policy === null ? "only measured" : nameOf(state.problem, line.policy), line.countries.map(country).join(", "), nameOf(state.problem, line.material ?? "all together"), year(line.period), line.measure, percent(line.first), percent(line.second),
      ]))),
    study.builds.length > 0 && h("details", {}, h("summary", {}, `Built otherwise (${study.builds.length})`),
      table("Built otherwise", [["Where"], ["Ordered"], ["A", true], ["B", true]], study.builds.map((line) => [nameOf(state.problem, line.on), year(line.ordered), amount(line.first, line.unit), amount(line.second, line.unit)]))),
    h("details", {}, h("summary", {}, "How this is to be read"), h("ul", {}, study.notes.map((line) => h("li", {}, line)))));
  if (state.figures && state.planned && state.plan === plan) sides();
}

/** A cause of the difference as a sentence, with the names that things have. */
function because(line, currency) {
  const whose = line.kind === "policy" ? nameOf(state.problem, line.id) : `${nameOf(state.problem, line.id)}${line.country ? ` (${country(line.country)})` : ""}`;
  const amount = `${money(Math.abs(line.difference), currency)} ${line.difference > 0 ? "dearer" : "cheaper"}`;
  const reason = { quantity: line.difference > 0 ? ": more of it" : ": less of it", "unit cost": ": at another unit cost", amount: "", "only in the first": ": in A alone", "only in the second": ": in B alone" }[line.reason];
  return `${amount}: ${line.category}, ${whose}${reason}`;
}

/** Both flows, one beside the other. */
function sides() {
  for (const [id, title, figures] of [["side-a", "A", state.kept.figures], ["side-b", "B", state.figures]]) {
    const place = byId(id);
    if (!place || !figures?.sankey) continue;
    if (!place.firstChild) {
      const drawn = picture(`picture-${id}`);
      place.append(drawn.element);
      place.show = drawn.show;
    }
    place.show({ ...figures.sankey, title: `${title}: ${figures.sankey.title}` });
  }
}
