// The pictures of the plan: they follow every answer, and the old ones stay until the new ones are there.

import { byId, fill, h } from "./dom.js";
import { latest } from "./latest.js";
import { picture } from "./picture.js";
import { post } from "./service.js";
import { emit, on, state } from "./store.js";
import { planTables } from "./tables.js";

const FIRST = "sankey";
const NEXT = ["shares", "cost", "supply", "builds"];
const MORE = ["prices", "limits"];

export function setUpPictures() {
  const all = Object.fromEntries([FIRST, ...NEXT, ...MORE].map((name) => [name, picture(`picture-${name}`)]));
  const said = h("p", { role: "alert" });
  const records = h("div", { id: "records" });
  fill(byId("pictures"), said, all[FIRST].element);
  fill(byId("tables"),
    h("div", { className: "pictures" }, NEXT.map((name) => all[name].element)),
    h("details", { className: "more", ontoggle: (event) => event.target === event.currentTarget && event.currentTarget.open && showAll(MORE) },
      h("summary", {}, "More pictures: what one more unit costs, and what binds"), h("div", { className: "pictures" }, MORE.map((name) => all[name].element))),
    records);
  const showAll = (names) => Promise.all(names.map((name) => all[name].show(state.figures?.[name])));
  const draw = latest(async ({ plan, problem }, isWanted) => {
    try {
      const figures = await post("v1/figures", { plan, problem });
      if (!isWanted()) return;
      state.figures = figures;
      said.textContent = "";
      keepingOpen(records, planTables(plan, problem));
      await all[FIRST].show(figures[FIRST]);
      await showAll([...NEXT, ...(byId("tables").querySelector("details.more").open ? MORE : [])]);
      byId("pictures").dataset.of = plan.problem_hash;
      emit("drawn", plan);
    } catch (error) {
      said.textContent = error.message;
    }
  });
  on("opened", () => fill(said));
  on("answered", ({ plan, problem }) => plan.total_cost !== null && draw({ plan, problem }));
}

/** Put new records in place of the old ones, those that were open open. */
function keepingOpen(place, lists) {
  const wereOpen = new Set([...place.querySelectorAll("details[open]")].map((list) => list.dataset.title));
  fill(place, h("h3", {}, "Line by line"), lists);
  for (const list of place.querySelectorAll("details")) list.open = wereOpen.has(list.dataset.title);
}
