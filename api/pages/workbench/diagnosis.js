// No plan: the statements that cannot hold together, and repairs, each a button.

import { h } from "./dom.js";
import { money, moreOrLess } from "./format.js";
import { post } from "./service.js";
import { change } from "./store.js";

export function diagnosisShown({ diagnosis, currency }, problem) {
  const said = h("p", { role: "alert", className: "unseen" });
  return h("div", { className: "note bad", id: "diagnosis" },
    h("h3", { tabindex: "-1" }, "There is no plan"),
    conflict(diagnosis),
    h("h4", {}, diagnosis.repairs.length ? "What would help" : "Nothing was found that would help"),
    h("ol", { className: "repairs" }, diagnosis.repairs.map((repair) => h("li", {},
      h("p", {}, sentence(repair.text)),
      h("p", { className: "hint" }, `Then the cheapest plan costs ${money(repair.total_cost, currency)}${repair.cost ? `, ${moreOrLess(repair.cost, currency)} than with the first` : ""}.`),
      h("button", { type: "button", className: "main", onclick: (event) => apply(event.currentTarget, repair, problem, said) }, "Apply and solve again")))),
    said);
}

/** What conflicts; where it is much, behind a summary, for the repairs are what is looked for. */
function conflict(diagnosis) {
  const list = h("ul", {}, diagnosis.conflict.map((entry) => h("li", {}, entry.text, entry.firm && " (firm: it must not move)")));
  if (diagnosis.conflict.length <= FEW) return [h("p", {}, sentence(diagnosis.text)), list];
  return h("details", {}, h("summary", {}, sentence(diagnosis.text)), list);
}

const FEW = 5;
const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

async function apply(button, repair, problem, said) {
  button.disabled = true;
  try {
    change(await post("v1/repair", { problem, repair }));
  } catch (error) {
    button.disabled = false;
    said.className = "";
    said.textContent = error.message;
  }
}
