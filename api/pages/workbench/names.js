// What things of the problem are called: by their names where they have any, else by their ids.

import { words } from "./format.js";

const LISTS = ["suppliers", "plants", "recyclers", "demands", "stockpiles", "materials", "policies", "places"];
const kept = new WeakMap();

/** The name of whatever has this id. */
export function nameOf(problem, id) {
  if (problem && !kept.has(problem)) {
    kept.set(problem, new Map(LISTS.flatMap((list) => problem[list] ?? []).filter((part) => part.id && part.name).map((part) => [part.id, part.name])));
  }
  return kept.get(problem)?.get(id) ?? words(id ?? "");
}
