// The frontier of the chosen cap: cost against its bound, by a job that can be watched and cancelled.

import { capsOf } from "./caps.js";
import { announce, byId, fill, h } from "./dom.js";
import { money, moreOrLess, percent } from "./format.js";
import { cancelButton, progressShown, run } from "./jobs.js";
import { picture } from "./picture.js";
import { on, state } from "./store.js";

const MOST_POINTS = 300;
let asked = 0; // counts, so that an answer for another problem is not shown

export function setUpFrontier() {
  on("opened", () => {
    asked += 1;
    offer();
  });
  on("problem", (problem) => {
    const names = capsOf(problem).map((cap) => cap.title).join("\n");
    if (names !== byId("curve").dataset.caps) offer();
    const of = byId("curve").querySelector(".of");
    if (of) of.hidden = problem === state.curveOf;
  });
}

function offer() {
  const caps = capsOf(state.problem).filter((cap) => cap.id);
  const place = byId("curve");
  place.dataset.caps = capsOf(state.problem).map((cap) => cap.title).join("\n");
  if (!caps.length) {
    fill(place, h("p", {}, "A frontier needs a share cap. Add one beside the plan, above."));
    return;
  }
  const select = h("select", { id: "frontier-cap" }, caps.map((cap) => h("option", { value: cap.id }, cap.title)));
  const progress = h("p", { id: "frontier-progress", "aria-live": "off" });
  const found = h("div", { id: "frontier-found" });
  const go = h("button", { type: "button", className: "main", onclick: () => follow(select.value, progress, found, go) }, "Find the frontier");
  fill(place,
    h("p", {}, "What the plan costs at every bound of a cap, from where it begins to cost anything to the tightest that can be kept. The bound is the same in all years."),
    h("p", { className: "buttons" }, caps.length > 1 && [h("label", { for: "frontier-cap" }, "Cap"), select], caps.length === 1 && h("span", { hidden: true }, select), go),
    progress, found);
}

async function follow(policy, progress, found, go) {
  const mine = (asked += 1);
  const { problem } = state;
  go.disabled = true;
  try {
    const { scenarios, ...alone } = problem;
    const study = await run("frontier", { problem: alone, options: { policy, max_points: MOST_POINTS } }, (job) => fill(progress, progressShown(job), " ", cancelButton(job)));
    if (mine !== asked) return;
    fill(progress);
    if (study === null) fill(found, h("p", { className: "note" }, "Cancelled before there was any point."));
    else await shown(study, found, problem);
  } catch (error) {
    fill(found, h("p", { className: "note bad" }, error.message));
  } finally {
    go.disabled = false;
  }
}

async function shown(study, found, problem) {
  if (!study.points.length) {
    fill(found, h("p", { className: "note bad" }, `There is no plan even at the loosest bound: ${study.status}.`));
    return;
  }
  const canvas = picture("picture-frontier");
  state.curveOf = problem;
  fill(found, h("p", { className: "note of", hidden: true }, "The problem has changed since: this is the frontier of how it was."), h("p", { className: "decision" }, said(study)), canvas.element,
    h("details", {}, h("summary", {}, "How this is to be read"), h("ul", {}, study.notes.map((line) => h("li", {}, line)))));
  await canvas.show(figure(study));
  announce(said(study));
}

function said(study) {
  const [first, last] = [study.points[0], study.points.at(-1)];
  const difference = last.total_cost - first.total_cost;
  const end = study.tightest === null ? "The tightest bound was not found" : `No plan keeps less than ${percent(study.tightest)}`;
  const dearest = Math.max(...study.points.map((point) => point.tightening ?? point.marginal ?? 0));
  return `From ${percent(first.bound)} to ${percent(last.bound)} the plan gets ${moreOrLess(difference, study.currency).replace(" more", " dearer")}, and a point costs up to ${money(dearest, study.currency)}. ${end}.${study.complete ? "" : " The search was ended early."}`;
}

function figure(study) {
  const scale = Math.max(...study.points.map((point) => Math.abs(point.total_cost))) >= 1e9 ? [1e9, "bn"] : [1e6, "m"];
  const kinks = study.points.filter((point) => point.kink);
  const at = (points) => ({ x: points.map((point) => 100 * point.bound), y: points.map((point) => point.total_cost / scale[0]) });
  const hover = (points) => points.map((point) => `${percent(point.bound)}: ${money(point.total_cost, study.currency)}${point.marginal === null ? "" : `<br>one point more saves ${money(point.marginal, study.currency)}`}`);
  return {
    title: "Cost against the cap",
    note: "From right to left the cap gets tighter. Where the line gets steeper, at the marks, the next best way of doing without is dearer. Costs are over the horizon, discounted.",
    data: [
      { type: "scatter", mode: "lines", ...at(study.points), text: hover(study.points), hoverinfo: "text", line: { color: "#0072B2", width: 2.5, shape: "linear" }, name: "cost" },
      { type: "scatter", mode: "markers", ...at(kinks), text: hover(kinks), hoverinfo: "text", marker: { color: "#ffffff", size: 8, symbol: "circle", line: { color: "#0072B2", width: 2 } }, name: "kink" },
    ],
    layout: {
      height: 340, margin: { l: 72, r: 16, t: 12, b: 48 }, showlegend: false, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { family: "system-ui, sans-serif", size: 13, color: "#1d232a" },
      xaxis: { title: { text: `Cap, % of ${study.per.includes("point") ? "supply" : study.per}` }, ticksuffix: " %", showgrid: false, linecolor: "#7a838c", showline: true, zeroline: false },
      yaxis: { title: { text: `Total cost, ${study.currency} ${scale[1]}` }, gridcolor: "#e4e7ea", zeroline: false },
    },
    table: {
      columns: ["Cap, %", `Total cost, ${study.currency} m`, `One point more saves, ${study.currency} m`, `One point less costs, ${study.currency} m`],
      rows: study.points.map((point) => [Math.round(1e4 * point.bound) / 100, point.total_cost / 1e6, point.marginal === null ? null : point.marginal / 1e6, point.tightening === null ? null : point.tightening / 1e6]),
    },
  };
}

