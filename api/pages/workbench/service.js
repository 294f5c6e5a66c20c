// The service that this page came from: nothing else is ever asked.

import { askForKey, key } from "./key.js";

const TRIES = 4;

/** An answer that says no; `faults` has every fault, with its `pointer`, `parameter` or `cell`. */
export class Refusal extends Error {
  constructor(status, answer) {
    super(answer.detail ?? answer.title ?? `The service answered ${status}.`);
    this.status = status;
    this.faults = answer.errors ?? [];
  }
}

/** Ask, with the key that there is; asks for one where it is needed, and again where the service is busy. */
export async function ask(method, path, { body, type = "application/json", signal, headers = {} } = {}) {
  for (let left = TRIES; ; left -= 1) {
    const response = await once(method, path, { body, type, signal, headers });
    if (response.ok) return response;
    const refusal = new Refusal(response.status, await response.json().catch(() => ({})));
    if (left <= 1) throw refusal;
    if (response.status === 401 || response.status === 403) await askForKey(refusal.message);
    else if (response.status === 503 && path !== "readyz") await pause(Number(response.headers.get("Retry-After") ?? 2));
    else throw refusal;
  }
}

async function once(method, path, { body, type, signal, headers }) {
  const sent = { ...headers, ...(key() ? { Authorization: `Bearer ${key()}` } : {}) };
  if (body !== undefined) sent["Content-Type"] = type;
  try {
    return await fetch(path, { method, body, signal, headers: sent });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0, { detail: "The service does not answer. See whether it is running (oremix serve), then try again." });
  }
}

const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * Math.min(seconds, 10)));

export const get = async (path) => (await ask("GET", path)).json();

export const post = async (path, content, options = {}) =>
  (await ask("POST", path, { ...options, body: JSON.stringify(content) })).json();
