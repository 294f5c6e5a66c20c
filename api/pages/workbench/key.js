// The key for a service that asks for one: held by this tab alone, and gone with it.

import { byId, fill, h } from "./dom.js";

const NAME = "oremix-key";
let waiting = [];

export const key = () => sessionStorage.getItem(NAME) ?? "";

/** Resolves when a key was entered; who cancels is told why nothing comes. */
export function askForKey(reason) {
  return new Promise((given, cancelled) => {
    waiting.push([given, cancelled]);
    show(reason);
  });
}

/** The button that shows the field. */
export function setUpKey() {
  byId("key-button").addEventListener("click", () => show(""));
  byId("key-dialog").addEventListener("close", () => {
    const ended = waiting;
    waiting = [];
    for (const [, cancelled] of ended) cancelled(new Error("Without a key this service answers nothing. Enter one by “Key…”."));
  });
}

function show(reason) {
  const dialog = byId("key-dialog");
  const field = h("input", { id: "key-field", type: "password", autocomplete: "off", spellcheck: "false", value: key() });
  const keep = () => {
    if (field.value.trim()) sessionStorage.setItem(NAME, field.value.trim());
    else sessionStorage.removeItem(NAME);
    const answered = waiting;
    waiting = [];
    for (const [given] of answered) given();
    dialog.close();
  };
  const entered = (event) => {
    if (event.key === "Enter") keep();
  };
  field.addEventListener("keydown", entered);
  fill(
    dialog,
    h("h2", { id: "key-title" }, "Key for this service"),
    reason && h("p", { className: "note bad", role: "alert" }, reason),
    h("p", {}, h("label", { for: "key-field" }, "Key"), field),
    h("p", { className: "hint" }, "It stays in this tab, and is forgotten when the tab is closed."),
    h("p", { className: "buttons" },
      h("button", { type: "button", className: "main", onclick: keep }, "Use this key"),
      h("button", { type: "button", onclick: () => dialog.close() }, "Cancel")),
  );
  if (!dialog.open) dialog.showModal();
  field.focus();
}
