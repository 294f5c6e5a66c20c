// Server-sent events by fetch, because EventSource cannot send a key.

import { ask } from "./service.js";

/** Every state of a job as it changes, until its end; comes back where the connection broke. */
export async function* jobEvents(job, signal) {
  let last = null;
  for (;;) {
    const headers = last === null ? {} : { "Last-Event-ID": last };
    try {
      const response = await ask("GET", job.events.slice(1), { headers, signal });
      if (response.status === 204) return;
      for await (const event of parsed(response.body)) {
        last = event.id;
        yield JSON.parse(event.data);
      }
    } catch (error) {
      if (error.name === "AbortError" || error.status > 0) throw error;
    }
    await new Promise((done) => setTimeout(done, 500));
  }
}

async function* parsed(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const lines = block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
      const event = Object.fromEntries(lines);
      if (event.data) yield event;
    }
  }
}
