// The decision in a sentence or two, and the numbers that carry it; where there is no plan, why, and what would help.

import { capsOf } from "./caps.js";
import { announce, byId, fill, h } from "./dom.js";
import { diagnosisShown } from "./diagnosis.js";
import { refusalShown } from "./faults.js";
import { amount, count, country, firstOf, money, moreOrLess, percent } from "./format.js";
import { nameOf } from "./names.js";
import { startsOf } from "./series.js";
import { on, state } from "./store.js";
import { offerJob } from "./jobs.js";

export function setUpAnswer() {
  on("opened", () => fill(byId("answer"), h("p", {}, "Solving…")));
  on("solving", () => told("Solving…", true));
  on("answered", ({ plan, problem }) => shown(plan, problem));
  on("refused", (refusal) => {
    told("Not solved");
    fill(byId("answer"), refusalShown(refusal, state.problem), offerJob());
    announce(refusal.message);
  });
}

function told(text, isBusy = false) {
  byId("state").textContent = text;
  byId("plan").setAttribute("aria-busy", String(isBusy));
}

const STATES = { optimal: "The cheapest, proved", feasible: "The best so far", infeasible: "No plan keeps all of this", unbounded: "Cost has no floor", no_answer: "No answer in time" };

function shown(plan, problem) {
  told(STATES[plan.status]);
  if (plan.total_cost === null) {
    fill(byId("answer"), plan.diagnosis ? diagnosisShown(plan, problem) : withoutPlan(plan), state.plan && h("p", { className: "hint" }, "The pictures below are of the last plan that there was."));
    announce(plan.diagnosis?.text ?? STATES[plan.status]);
    return;
  }
  const sentences = [cost(plan, problem), decided(plan), short(plan)].filter(Boolean);
  fill(byId("answer"),
    h("p", { className: "decision" }, sentences.join(" ")),
    h("dl", { className: "figures" }, numbers(plan).map(([name, value, more]) => h("div", {}, h("dt", {}, name), h("dd", {}, value, more && h("small", {}, more))))),
    proof(plan),
    plan.status === "feasible" && offerJob());
  announce(sentences[0]);
}

function withoutPlan(plan) {
  return h("div", { className: "note bad" }, h("p", {}, plan.certificate.reason ?? STATES[plan.status]), plan.status === "no_answer" && offerJob());
}

function cost(plan, problem) {
  const starts = startsOf(problem);
  const over = problem.periods ? ` from ${starts[0]} on, discounted` : " a year";
  const than = state.first && state.first !== plan ? `, ${moreOrLess(plan.total_cost - state.first.total_cost, plan.currency)}${Math.abs(plan.total_cost - state.first.total_cost) < 0.5 ? " as" : " than"} the plan as opened` : "";
  return `${plan.status === "optimal" ? "The cheapest plan" : "The best plan so far"} costs ${money(plan.total_cost, plan.currency)}${over}${than}.`;
}

function decided(plan) {
  const bought = dearest(plan);
  const built = [...new Set(plan.builds.map((line) => nameOf(state.planned, line.on)))];
  const buys = bought.length ? `It buys ${bought.length > 1 ? "most " : ""}in ${firstOf(bought.map(country), 3)}` : "It buys nothing";
  const builds = built.length ? `, and builds ${firstOf(built, 2)}.` : ", and builds nothing.";
  return buys + builds;
}

/** Where it buys, the dearest first. */
function dearest(plan) {
  const spent = new Map();
  for (const line of plan.purchases) spent.set(line.country, (spent.get(line.country) ?? 0) + line.cost);
  return [...spent.keys()].sort((a, b) => spent.get(b) - spent.get(a));
}

function short(plan) {
  const missing = plan.deliveries.filter((line) => line.shortage > 1e-6 * Math.max(1, line.quantity));
  return missing.length ? `It leaves demand short in ${count(new Set(missing.map((line) => line.demand + line.period)).size, "case")}.` : "";
}

function numbers(plan) {
  const capex = plan.builds.reduce((sum, line) => sum + line.capex, 0);
  const change = state.first ? plan.total_cost - state.first.total_cost : 0;
  return [
    ["Total cost", money(plan.total_cost, plan.currency), state.first === plan ? "as opened" : `${moreOrLess(change, plan.currency)} than as opened`.replace("the same than", "the same")],
    share(plan),
    ["New capacity", plan.builds.length ? money(capex, plan.currency) : "none", plan.builds.length ? `capex of ${count(plan.builds.length, "order")}, undiscounted` : ""],
    ["Bought", amount(new Set(plan.purchases.map((line) => line.supplier)).size, "suppliers"), `in ${count(new Set(plan.purchases.map((line) => line.country)).size, "country", "countries")}`],
  ].filter(Boolean);
}

/** What the first cap is about, in the last period; without a cap, China's part of supply. */
function share(plan) {
  const cap = capsOf(state.planned)[0];
  const measured = plan.shares.filter((line) => line.achieved !== null
    && (cap ? line.policy === cap.id && line.max !== null : line.policy === null && line.measure === "supply" && line.countries.includes("CN")));
  if (!measured.length) return null;
  const last = Math.max(...measured.map((line) => line.period ?? 0));
  const largest = measured.filter((line) => (line.period ?? 0) === last).reduce((best, line) => (line.achieved > best.achieved ? line : best));
  const when = largest.period > 1 ? ` in ${largest.period}` : "";
  const title = cap ? cap.title : "China’s part of supply";
  const material = largest.material === null ? "" : `, ${nameOf(state.planned, largest.material)}`;
  return [title, percent(largest.achieved), cap ? `at most ${percent(largest.max)}${when}` : `${when.trim()}${material}`.replace(/^, /, "")];
}

function proof({ certificate, warnings = [] }) {
  const text = certificate.verified ? "Checked: costs, balances, capacities and shares were recomputed from the problem and the plan alone." : `Not verified: ${certificate.reason}`;
  return [
    h("p", { className: certificate.verified ? "hint" : "note bad" }, text),
    warnings.length > 0 && h("details", {}, h("summary", {}, count(warnings.length, "warning")), h("ul", {}, warnings.map((line) => h("li", {}, line)))),
  ];
}
