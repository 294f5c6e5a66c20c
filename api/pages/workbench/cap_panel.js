// The caps: a slider for each period, and what the last point costs.

import { boundsOf, capsOf, withBounds, withNewCap } from "./caps.js";
import { byId, fill, h } from "./dom.js";
import { country, money, percent } from "./format.js";
import { change, on, state } from "./store.js";

let chosen = 0; // position of the cap among the caps
let base = []; // bounds from which the slider of all years moves them
let own = null; // the problem that this panel made: its sliders say already what it says

export function setUpCapPanel() {
  on("opened", () => {
    chosen = 0;
    own = null;
  });
  on("problem", (problem) => problem !== own && draw(problem));
  on("answered", ({ plan, problem }) => problem === state.problem && costs(plan, problem));
}

function draw(problem) {
  const caps = capsOf(problem);
  chosen = Math.min(chosen, Math.max(0, caps.length - 1));
  const cap = caps[chosen];
  fill(byId("caps"), cap ? [caps.length > 1 && choice(caps), sliders(problem, cap, caps.length > 1)] : offered(problem, true), cap && h("details", { className: "more" }, h("summary", {}, "Add a cap"), offered(problem)));
  if (state.plan && state.planned === problem) costs(state.plan, problem);
}

function choice(caps) {
  const select = h("select", { id: "cap", onchange: () => {
    chosen = select.selectedIndex;
    draw(state.problem);
    byId("cap").focus();
  } }, caps.map((cap, at) => h("option", { selected: at === chosen }, cap.title)));
  return h("p", {}, h("label", { for: "cap" }, "Cap to move"), select);
}

function sliders(problem, cap, isChosen) {
  const bounds = boundsOf(problem, cap);
  const together = bounds.length > 1;
  const rows = bounds.map((bound) => row(problem, cap, bound, bounds));
  return h("fieldset", { className: "cap" },
    h("legend", { className: isChosen ? "unseen" : "" }, cap.title),
    h("p", { className: "hint" }, `${cap.of} at most, ${together ? "year by year" : "share"}:`),
    together && all(cap, bounds),
    rows,
    h("button", { type: "button", className: "quiet", onclick: () => undo(cap) }, "As opened"));
}

/** One slider that moves every year by as many points. */
function all(cap, bounds) {
  const id = "cap-all";
  base = bounds;
  const told = h("output", { for: id, id: `${id}-text` }, "+0 points");
  const range = h("input", { type: "range", id, min: -50, max: 50, step: 1, value: 0, "aria-describedby": `${id}-text`, oninput: () => {
    const by = Number(range.value);
    told.textContent = `${by < 0 ? "−" : "+"}${Math.abs(by)} points`;
    range.setAttribute("aria-valuetext", told.textContent);
    moved(cap, base.map(({ at, value }) => ({ at, value: rounded(Math.min(1, Math.max(0, value + by / 100))) })));
  } });
  return h("div", { className: "slide all" }, h("label", { for: id }, "All years"), range, told);
}

function row(problem, cap, { at, start, value }) {
  const id = `cap-${start}`;
  const label = problem.periods ? String(start) : "Share";
  const range = h("input", { type: "range", id, min: 0, max: 100, step: 1, value: 100 * value, "aria-valuetext": percent(value), "aria-describedby": `${id}-cost` });
  const exact = h("input", { type: "number", min: 0, max: 100, step: "any", value: shownPercent(value), id: `${id}-exact`, "aria-label": `${label}, percent` });
  const set = (percentage) => {
    moved(cap, [{ at, value: rounded(percentage / 100) }]);
    settle(cap);
  };
  range.addEventListener("input", () => set(Number(range.value)));
  exact.addEventListener("change", () => exact.value !== "" && exact.checkValidity() && set(Number(exact.value)));
  return h("div", { className: "slide", "data-at": at },
    h("label", { for: id }, label), range, h("span", { className: "exact" }, exact, " %"),
    h("p", { className: "hint", id: `${id}-cost` }, ""));
}

const rounded = (share) => Math.round(share * 1e6) / 1e6;
const shownPercent = (share) => String(Math.round(share * 1e4) / 100);

/** From now on all years move from where they are. */
function settle(cap) {
  base = boundsOf(state.problem, cap);
  const together = byId("cap-all");
  if (!together) return;
  together.value = 0;
  together.removeAttribute("aria-valuetext");
  byId("cap-all-text").textContent = "+0 points";
}

/** Go on with moved bounds; the sliders that were not touched follow. */
function moved(cap, changed) {
  own = withBounds(state.problem, cap, changed);
  for (const { at, value } of changed) {
    const slide = byId("caps").querySelector(`[data-at="${at}"]`);
    const [range, exact] = slide.querySelectorAll("input");
    range.value = 100 * value;
    range.setAttribute("aria-valuetext", percent(value));
    if (document.activeElement !== exact) exact.value = shownPercent(value);
  }
  change(own);
}

function undo(cap) {
  const before = capsOf(state.opened).find(({ id, position }) => id === cap.id && position === cap.position);
  if (!before) {
    change({ ...state.problem, policies: state.problem.policies.filter((_, position) => position !== cap.position) });
    return;
  }
  const policies = [...state.problem.policies];
  policies[cap.position] = state.opened.policies[before.position];
  change({ ...state.problem, policies });
}

/** What the last point of each bound costs, beside its slider. */
function costs(plan, problem) {
  const cap = capsOf(problem)[chosen];
  if (!cap) return;
  for (const { start } of boundsOf(problem, cap)) {
    const place = byId(`cap-${start}-cost`);
    if (place) fill(place, priced(plan, cap, start));
  }
}

function priced(plan, cap, start) {
  if (plan.total_cost === null) return "";
  const achieved = plan.shares.filter((line) => line.policy === cap.id && line.max !== null && (line.period === start || line.period === null) && line.achieved !== null);
  const limits = plan.limits.filter((line) => line.kind === "policy" && line.on === cap.id && (line.period === start || line.period === null));
  if (!achieved.length) return "Nothing is counted here.";
  const largest = Math.max(...achieved.map((line) => line.achieved));
  if (!limits.length) return `Does not bind: the plan has ${percent(largest)}.`;
  const yearly = plan.currency;
  const sum = (field) => limits.reduce((all, line) => (all === null || line[field] === null ? null : all + line[field]), 0);
  const less = sum("tightening");
  const more = sum("price");
  if (less !== null && Math.abs(less - more) < 0.005 * Math.abs(more)) return `Binds. A point costs ${money(more, yearly)} a year.`;
  return `Binds. One point less: ${less === null ? "no plan, or not known" : `${money(less, yearly)} a year more`}; one point more: ${money(more, yearly)} a year less.`;
}

/** A cap to add, where the problem has none, or not this one. */
function offered(problem, isOnly = false) {
  const codes = countriesOf(problem);
  if (!codes.length) return "";
  const select = h("select", { id: "new-cap" }, codes.map((code) => h("option", { value: code, selected: code === "CN" }, country(code))));
  const add = () => {
    const shares = (state.plan?.shares ?? []).filter((line) => line.policy === null && line.measure === "supply" && line.countries.includes(select.value) && line.achieved !== null);
    const now = shares.length ? Math.ceil(100 * Math.max(...shares.map((line) => line.achieved)) - 1e-9) / 100 : 1;
    const next = withNewCap(state.problem, select.value, Math.min(1, now));
    chosen = capsOf(next).length - 1;
    change(next);
    byId("caps").querySelector("input[type=range]")?.focus();
  };
  return h("div", { className: "offer" },
    isOnly && h("p", {}, "This problem caps no country’s share."),
    h("p", {}, h("label", { for: "new-cap" }, "Cap the share of"), select),
    h("button", { type: "button", onclick: add }, "Add the cap"));
}

function countriesOf(problem) {
  const places = new Map((problem.places ?? []).map((place) => [place.id, place.country]));
  const made = ["suppliers", "plants", "recyclers"].flatMap((list) => problem[list] ?? []);
  return [...new Set(made.map((part) => part.country ?? places.get(part.place)).filter(Boolean))].sort((a, b) => country(a).localeCompare(country(b)));
}

