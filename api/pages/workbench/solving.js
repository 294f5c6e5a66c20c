// The problem as it stands is solved again whenever it changes; the last answer wins.

import { latest } from "./latest.js";
import { post } from "./service.js";
import { emit, on, state } from "./store.js";

const WAIT = 200; // milliseconds without a change
const SECONDS = 20; // more is for a job

export function setUpSolving() {
  const solve = latest(solved, WAIT);
  on("problem", (problem) => {
    emit("solving", problem);
    solve(problem);
  });
}

async function solved(problem, isWanted) {
  try {
    const plan = await post(`v1/solve?time_limit=${SECONDS}`, problem);
    if (isWanted() && state.problem === problem) taken(plan, problem);
  } catch (error) {
    if (isWanted() && state.problem === problem) emit("refused", error);
  }
}

/** A plan of the problem as it stands, from wherever it comes. */
export function taken(plan, problem) {
  if (plan.total_cost !== null) {
    state.plan = plan;
    state.planned = problem;
    state.first ??= plan;
  }
  emit("answered", { plan, problem });
}
