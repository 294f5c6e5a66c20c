// Jobs: what takes long is worked on by the service's workers; seen here, followed, and cancelled.

import { announce, byId, fill, h } from "./dom.js";
import { jobEvents } from "./events.js";
import { amount, money, percent } from "./format.js";
import { ask, get, post } from "./service.js";
import { taken } from "./solving.js";
import { on, state } from "./store.js";

const KINDS = { solve: "Plan", frontier: "Frontier", stress: "Every outage", compare: "Comparison", surface: "Surface", hedge: "Hedge", sensitivity: "Sensitivity", alternatives: "Alternatives" };
const STATES = { waiting: "waits for a worker", running: "is being worked on", done: "done", failed: "failed", cancelled: "cancelled" };
const known = new Map(); // id → {job, problem}

export function setUpJobs() {
  on("opened", draw);
  draw();
}

const ended = (job) => !["waiting", "running"].includes(job.state);

/** Submit a job, and follow it; gives its answer, or none where it was cancelled before there was any. */
export async function run(kind, content, told = () => {}) {
  const problem = content.problem ?? null;
  let job = await post("v1/jobs", { kind, ...content });
  known.set(job.id, { job, problem });
  draw();
  told(job);
  for await (job of jobEvents(job)) {
    known.set(job.id, { job, problem });
    draw();
    told(job);
  }
  announce(`${KINDS[kind]}: ${STATES[job.state]}.`);
  if (job.state === "failed") throw new Error(`The job failed: ${job.reason}`);
  return job.result === null ? null : get(job.result.slice(1));
}

/** A button to solve the problem as a job. */
export function offerJob() {
  return h("p", {}, "Long problems are better solved as a job: ", h("button", { type: "button", onclick: solveAsJob }, "Solve as a job"));
}

export async function solveAsJob() {
  const problem = state.problem;
  const said = byId("job-said");
  try {
    byId("jobs").scrollIntoView({ block: "nearest" });
    const plan = await run("solve", { problem });
    if (plan && state.problem === problem) taken(plan, problem);
  } catch (error) {
    said.textContent = error.message;
  }
}

export async function cancel(id) {
  const job = await (await ask("DELETE", `v1/jobs/${id}`)).json();
  known.set(id, { ...known.get(id), job });
  draw();
}

/** How far a job is, in words, with a bar where it can be told. */
export function progressShown(job) {
  const found = job.progress ?? {};
  const currency = state.plan?.currency ?? "";
  const texts = [STATES[job.state] + (job.cancelling ? ", being cancelled" : "")];
  if (found.total) texts.push(`${amount(found.done)} of ${amount(found.total)}`);
  if (found.text) texts.push(found.text);
  if (found.cost !== undefined && found.cost !== null) texts.push(`best plan so far ${money(found.cost, currency)}`);
  if (found.bound !== undefined && found.bound !== null) texts.push(`none can cost less than ${money(found.bound, currency)}`);
  if (found.gap !== undefined && found.gap !== null) texts.push(`gap ${percent(found.gap)}`);
  if (found.seconds) texts.push(`${amount(found.seconds)} s`);
  if (job.state === "failed" && job.reason) texts.push(job.reason);
  return [
    job.state === "running" && h("progress", { ...(found.total ? { max: found.total, value: found.done } : {}), "aria-label": `${KINDS[job.kind]}: how far` }),
    h("span", {}, texts.join(" · ")),
  ];
}

/** A button that cancels a job that has not ended. */
export const cancelButton = (job) => !ended(job) && h("button", { type: "button", disabled: job.cancelling, onclick: () => cancel(job.id) }, "Cancel", h("span", { className: "unseen" }, ` ${KINDS[job.kind]}`));

function draw() {
  const held = document.activeElement?.closest?.("#joblist button")?.dataset.act;
  const rows = [...known.values()].reverse().map(({ job, problem }) => h("li", {},
    h("b", {}, KINDS[job.kind]), " ", progressShown(job), " ", cancelButton(job),
    job.kind === "solve" && job.result && problem === state.problem && h("button", { type: "button", onclick: async () => taken(await get(job.result.slice(1)), problem) }, "Show this plan")));
  fill(byId("joblist"),
    h("p", {}, "What may take long is handed to the service’s workers. A cancelled job keeps its best answer so far."),
    h("p", { className: "buttons" }, h("button", { type: "button", "data-act": "solve", onclick: solveAsJob }, "Solve as a job")),
    h("p", { id: "job-said", role: "alert" }),
    rows.length ? h("ul", { className: "jobs" }, rows) : h("p", { className: "hint" }, "No job was started from this page yet."));
  if (held) byId("joblist").querySelector(`[data-act="${held}"]`)?.focus();
}
