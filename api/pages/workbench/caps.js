// The share caps of a problem: which there are, what they say in each period, and the problem with another.

import { country, listed, words } from "./format.js";
import { read, startsOf, written } from "./series.js";

/** Every share policy with an upper bound: its position, what it is called, and whom it is about. */
export function capsOf(problem) {
  return (problem.policies ?? [])
    .map((policy, position) => ({ policy, position }))
    .filter(({ policy }) => policy.type === "share" && policy.max !== undefined && policy.max !== null)
    .map(({ policy, position }) => ({ position, id: policy.id, title: policy.name ?? words(policy.id ?? `rule ${position + 1}`), of: subject(policy) }));
}

function subject(policy) {
  if (policy.each || !policy.countries) return "each country";
  return listed(policy.countries.map(country));
}

/** What a cap says in each period in which it holds: {at: position of the period, start, value}. */
export function boundsOf(problem, cap) {
  const policy = problem.policies[cap.position];
  const starts = startsOf(problem);
  const values = read(policy.max, starts);
  return starts
    .map((start, at) => ({ at, start, value: values[at] }))
    .filter(({ start }) => problem.periods === undefined || (start >= (policy.from_year ?? start) && start <= (policy.until_year ?? start)));
}

/** The problem with a cap that says something else in some periods. */
export function withBounds(problem, cap, changed) {
  const policy = problem.policies[cap.position];
  const values = [...read(policy.max, startsOf(problem))];
  for (const { at, value } of changed) values[at] = value;
  const policies = [...problem.policies];
  policies[cap.position] = { ...policy, max: written(values) };
  return { ...problem, policies };
}

/** The problem with a cap on a country's share of supply, not below what the plan has. */
export function withNewCap(problem, code, share) {
  const taken = new Set((problem.policies ?? []).map((policy) => policy.id));
  let id = `${code.toLowerCase()}_cap`;
  while (taken.has(id)) id += "_2";
  const policy = { id, name: `Share of ${country(code)}`, type: "share", countries: [code], max: share };
  return { ...problem, policies: [...(problem.policies ?? []), policy] };
}
