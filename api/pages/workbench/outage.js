// What breaks when countries are closed: the stress study of the plan as it stands.

import { announce, fill, h, table } from "./dom.js";
import { amount, count, country, listed, money, moreOrLess, percent, year } from "./format.js";
import { nameOf } from "./names.js";
import { post } from "./service.js";
import { state } from "./store.js";

const LISTS = { supplier: "suppliers", plant: "plants", recycler: "recyclers" };

/** The stress study of one country, or of several at once. */
export async function outageOf(codes, chain, from) {
  const options = codes.length === 1 ? { countries: codes, insurance: 1, ...(from === null ? {} : { from_year: from }) } : { scenarios: [together(codes, chain, from)], insurance: 0 };
  return post("v1/studies/stress", { problem: withoutStudies(state.problem), plan: state.plan, options });
}

/** Several countries closed together are a scenario: what stands in them makes nothing. */
function together(codes, chain, from) {
  const changes = Object.entries(LISTS).flatMap(([kind, list]) => {
    const ids = chain.parts.filter((entry) => entry.kind === kind && codes.includes(entry.country)).map((entry) => entry.part.id);
    return ids.length ? [{ on: list, where: { id: ids }, field: "capacity", times: 0, ...(from === null ? {} : { from_year: from }) }] : [];
  });
  return { id: `closed_${codes.join("_")}`, name: `nothing is made in ${listed(codes)}`, changes };
}

/** Its own scenarios are no part of what is asked. */
export const withoutStudies = ({ scenarios, ...problem }) => problem;

export function outageShown(place, study, codes) {
  const outage = study.outages[0];
  const who = listed(codes.map(country));
  const name = (id) => nameOf(state.problem, id);
  const verdict = said(outage, who, study.currency);
  fill(place, h("div", { className: `note ${outage.shortage > 1e-9 || outage.total_cost === null ? "bad" : "good"}` },
    h("h3", {}, `Without ${who}`),
    h("p", { className: "decision" }, verdict),
    outage.shortages.length > 0 && table("What goes short", [["Demand"], ["When"], ["Missing, a year", true], ["Of what is asked for", true]],
      outage.shortages.map((line) => [name(line.demand), year(line.period), amount(line.quantity, line.unit), bar(line.share)])),
    outage.takes_over.length > 0 && table("Who supplies more", [["Who"], ["Where"], ["Material"], ["More, a year", true]],
      outage.takes_over.slice(0, 12).map((line) => [name(line.id), country(line.country), name(line.material), amount(line.more, line.unit)])),
    outage.stocks.length > 0 && table("How long stock lasts", [["Stock"], ["At hand", true], ["Lasts", true]],
      outage.stocks.map((line) => [`${name(line.material)}, ${country(line.country)}`, amount(line.at_hand, line.unit), line.months === null ? "nothing is lost" : `${amount(line.months)} months`])),
    outage.broken.length > 0 && [h("h4", {}, "Rules and terms that could not be kept"), h("ul", {}, outage.broken.map((line) => h("li", {}, line.text)))],
    outage.conflict.length > 0 && [h("h4", {}, "What cannot hold together"), h("ul", {}, outage.conflict.map((line) => h("li", {}, line.text)))],
    study.insurance.length > 0 && [h("h4", {}, "What would have helped"), h("ul", {}, study.insurance.map((line) => h("li", {}, `${line.text}`)))],
    h("details", {}, h("summary", {}, "How this is to be read"), h("ul", {}, study.notes.map((line) => h("li", {}, line))))));
  announce(verdict);
}

function said(outage, who, currency) {
  if (outage.total_cost === null) return `Without ${who} there is no plan at all, even with demand short${outage.reason ? `: ${outage.reason}` : ""}.`;
  const extra = outage.extra_cost ?? outage.difference;
  if (outage.shortage <= 1e-9) return `Nothing goes short without ${who}. It costs ${moreOrLess(extra, currency)}.`;
  const when = outage.years_to_shortage ? `, the first after ${amount(outage.years_to_shortage)} years` : ", at once";
  const demands = new Set(outage.shortages.filter((line) => line.hard).map((line) => line.demand)).size;
  const cost = extra < 0 ? `What is bought costs ${money(-extra, currency)} less, because less is bought.` : `What can still be done costs ${money(extra, currency)} more.`;
  return `${count(demands, "demand")} ${demands === 1 ? "goes" : "go"} short${when}: ${amount(Math.round(10 * outage.shortage) / 10)} years of demand are missing in all. ${cost}`;
}

/** A share as a number and a bar. */
function bar(share) {
  return h("span", { className: "bar" }, h("progress", { max: 1, value: share, "aria-hidden": "true" }), percent(share));
}
