// What the plan does, line by line.

import { h, table } from "./dom.js";
import { amount, country, money, percent, year } from "./format.js";
import { nameOf } from "./names.js";

/** Every record of a plan that people look up, each list behind its summary. */
export function planTables(plan, problem) {
  const { currency } = plan;
  const name = (id) => nameOf(problem, id);
  return [
    folded("Bought", plan.purchases, [["Supplier"], ["Country"], ["Material"], ["When"], ["A year", true], ["Cost a year", true]],
      (line) => [name(line.supplier), country(line.country), name(line.material), year(line.period), amount(line.quantity, line.unit), money(line.cost, currency)]),
    folded("Made", plan.production, [["Plant"], ["Country"], ["When"], ["Out, a year"], ["Cost a year", true]],
      (line) => [name(line.plant), country(line.country), year(line.period), Object.entries(line.outputs).map(([material, quantity]) => `${amount(quantity)} ${name(material)}`).join(", "), money(line.cost, currency)]),
    folded("Recycled", plan.recycling, [["Recycler"], ["Country"], ["Material"], ["When"], ["A year", true], ["Cost a year", true]],
      (line) => [name(line.recycler), country(line.country), name(line.material), year(line.period), amount(line.quantity, line.unit), money(line.cost, currency)]),
    folded("Built", plan.builds, [["Where"], ["Country"], ["Ordered"], ["On stream"], ["Capacity a year", true], ["Capex", true]],
      (line) => [name(line.on), country(line.country), year(line.ordered), line.on_stream === 1 ? "at once" : amount(Math.round(10 * line.on_stream) / 10).replace(",", ""), amount(line.capacity, line.unit), money(line.capex, currency)]),
    folded("Shares", plan.shares.filter((line) => line.achieved !== null && line.whole !== null), [["Rule"], ["Of"], ["Material"], ["When"], ["Measured on"], ["Share", true], ["Bound", true]],
      (line) => [line.policy === null ? "only measured" : name(line.policy), line.countries.map(country).join(", ") || "any", name(line.material ?? "all together"), year(line.period), line.measure, percent(line.achieved), bound(line)]),
  ];
}

const bound = (line) => [line.max !== null && `≤ ${percent(line.max)}`, line.min !== null && `≥ ${percent(line.min)}`, line.binding && "binds"].filter(Boolean).join(", ");

function folded(title, lines, columns, cells) {
  if (!lines.length) return null;
  const place = h("div", {});
  const all = h("details", { "data-title": title, ontoggle: () => all.open && place.replaceChildren(table(title, columns, lines.map(cells))) }, h("summary", {}, `${title} (${lines.length})`), place);
  return all;
}
