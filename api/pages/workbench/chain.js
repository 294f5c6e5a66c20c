// The chain as a table: a column for each stage, a row for each country; a click closes a country.

import { byId, fill, h } from "./dom.js";
import { amount, count, country, listed, words } from "./format.js";
import { latest } from "./latest.js";
import { outageOf, outageShown } from "./outage.js";
import { everyOutage } from "./outages.js";
import { refusalShown } from "./faults.js";
import { startsOf, read } from "./series.js";
import { chainOf } from "./stages.js";
import { on, state } from "./store.js";

const closed = new Set();
const test = latest(tested, 100);

export function setUpChain() {
  on("opened", () => {
    closed.clear();
    fill(byId("outage"));
    fill(byId("closing"));
  });
  on("problem", (problem) => {
    offer(problem);
    draw(problem);
  });
  on("answered", ({ plan, problem }) => {
    if (problem !== state.problem || plan.total_cost === null) return;
    draw(problem);
    if (closed.size) test();
  });
}

function draw(problem) {
  const chain = chainOf(problem);
  const used = state.plan && state.planned === problem ? usedIn(state.plan) : null;
  const rows = chain.countries
    .sort((a, b) => size(chain, b) - size(chain, a) || country(a).localeCompare(country(b)))
    .map((code) => h("tr", { className: closed.has(code) ? "closed" : "" },
      h("th", { scope: "row" }, country(code), closed.has(code) && h("small", {}, "closed")),
      chain.stages.map((stage) => h("td", { "data-stage": words(stage) }, chain.parts
        .filter((entry) => entry.stage === stage && entry.country === code)
        .map((entry) => shown(problem, entry, used))))));
  const caption = `What stands where: ${count(chain.countries.length, "country", "countries")}, ${count(chain.stages.length, "stage")}`;
  fill(byId("stages"),
    materials(problem),
    h("div", { className: "wide", tabindex: "0", role: "region", "aria-label": caption },
      h("table", { className: "chain" }, h("caption", {}, caption, used && " – ● used in the plan, ○ not used"),
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Country"), chain.stages.map((stage) => h("th", { scope: "col" }, words(stage))))),
        h("tbody", {}, rows))));
}

/** The buttons that close countries: they stay where they are while the rest follows. */
function offer(problem) {
  const chain = chainOf(problem);
  const codes = chain.countries.filter((code) => size(chain, code)).sort((a, b) => country(a).localeCompare(country(b)));
  const place = byId("closing");
  if (place.dataset.codes === codes.join() && place.firstChild) return;
  place.dataset.codes = codes.join();
  for (const code of [...closed]) if (!codes.includes(code)) closed.delete(code);
  fill(place,
    h("p", {}, "Close a country to see what breaks: its suppliers, plants and recyclers make nothing, what the plan builds stays built, and the rest is decided again."),
    h("div", { className: "buttons", role: "group", "aria-label": "Close countries" }, codes.map(toggle)),
    years(problem),
    everyOutage());
}

const makes = (entry) => !["demand", "stockpile"].includes(entry.kind);
const size = (chain, code) => chain.parts.filter((entry) => entry.country === code && makes(entry)).length;

function toggle(code) {
  const button = h("button", { type: "button", className: "country", "data-country": code, "aria-pressed": String(closed.has(code)), onclick: () => {
    if (closed.has(code)) closed.delete(code);
    else closed.add(code);
    button.setAttribute("aria-pressed", String(closed.has(code)));
    draw(state.problem);
    test();
  } }, country(code));
  return button;
}

function years(problem) {
  const starts = startsOf(problem);
  if (starts.length < 2) return null;
  const select = h("select", { id: "outage-from", onchange: () => closed.size && test() }, starts.map((start) => h("option", {}, start)));
  return h("p", {}, h("label", { for: "outage-from" }, "Closed from"), select, " on");
}

function materials(problem) {
  return h("p", {}, "Materials: ", listed(problem.materials.map((material) => `${material.name ?? words(material.id)}${material.unit && !(material.name ?? "").includes(`, ${material.unit} `) ? ` (${material.unit})` : ""}`)), ".");
}

function shown(problem, { kind, part, makes: made }, used) {
  const isUsed = used?.has(`${kind} ${part.id}`);
  const marked = used && kind !== "demand" && kind !== "stockpile";
  return h("div", { className: `part ${kind}${marked && !isUsed ? " unused" : ""}` },
    marked && h("span", { className: "mark", role: "img", "aria-label": isUsed ? "used" : "not used" }, isUsed ? "●" : "○"),
    h("b", {}, part.name ?? words(part.id ?? `${part.material}`)),
    h("small", {}, [listed(made.map(words)), size2(problem, kind, part), part.build && kind !== "demand" && "can be built on"].filter(Boolean).join(", ")));
}

function size2(problem, kind, part) {
  const series = { demand: part.quantity, recycler: part.scrap, stockpile: part.initial }[kind] ?? part.capacity;
  if (series === undefined || series === null) return kind === "stockpile" || kind === "demand" ? "" : part.build ? "" : "no limit";
  const unit = problem.materials.find((material) => material.id === part.material)?.unit ?? "";
  const values = read(series, startsOf(problem));
  const [first, last] = [values[0], values.at(-1)];
  const text = first === last ? amount(first) : `${amount(first)} to ${amount(last)}`;
  return `${text} ${unit}${kind === "stockpile" ? " in stock" : " a year"}${kind === "recycler" ? " of scrap" : ""}`.replace("  ", " ");
}

/** Whatever the plan buys from, runs or recycles at. */
function usedIn(plan) {
  return new Set([
    ...plan.purchases.filter((line) => line.quantity > 0).map((line) => `supplier ${line.supplier}`),
    ...plan.production.filter((line) => line.activity > 0).map((line) => `plant ${line.plant}`),
    ...plan.recycling.filter((line) => line.quantity > 0).map((line) => `recycler ${line.recycler}`),
  ]);
}

async function tested(_, isWanted) {
  const place = byId("outage");
  if (!closed.size) {
    fill(place);
    return;
  }
  if (!state.plan || state.planned !== state.problem) {
    fill(place, h("p", { className: "note" }, "There is no plan to put to the test yet."));
    return;
  }
  place.setAttribute("aria-busy", "true");
  try {
    const from = byId("outage-from")?.value;
    const study = await outageOf([...closed], chainOf(state.problem), from ? Number(from) : null);
    if (isWanted()) outageShown(place, study, [...closed]);
  } catch (error) {
    if (isWanted()) fill(place, refusalShown(error, state.problem));
  } finally {
    place.setAttribute("aria-busy", "false");
  }
}
