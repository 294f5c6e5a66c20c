// What is open now, and who wants to know of changes.

/**
 * problem: as it stands, with every change; opened: as it was opened; plan: of `planned`, the problem that it answers;
 * first: the plan as opened; kept: {problem, plan, title}, to be compared with.
 */
export const state = { problem: null, opened: null, plan: null, planned: null, first: null, kept: null, figures: null };

const listeners = new EventTarget();

export function on(event, told) {
  listeners.addEventListener(event, (found) => told(found.detail));
}

export function emit(event, detail) {
  listeners.dispatchEvent(new CustomEvent(event, { detail }));
}

/** Open a problem: all that was of another is over. */
export function open(problem) {
  Object.assign(state, { problem, opened: problem, plan: null, planned: null, first: null, kept: null, figures: null });
  emit("opened", problem);
  emit("problem", problem);
}

/** Go on with a changed problem. */
export function change(problem) {
  state.problem = problem;
  emit("problem", problem);
}
