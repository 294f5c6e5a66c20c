// A figure with what it says in words and its numbers as a table; periods are chosen by a list of the page's own.

import { h, table } from "./dom.js";
import { amount } from "./format.js";
import { draw } from "./plotly.js";

/** A place for a figure, filled and filled again by `show`. */
export function picture(id, level = "h3") {
  const title = h(level, { id: `${id}-title` });
  const note = h("p", { className: "hint", id: `${id}-note` });
  const chooser = h("p", { className: "chooser" });
  const canvas = h("div", { className: "canvas", role: "img", "aria-labelledby": `${id}-title`, "aria-describedby": `${id}-note` });
  const numbers = h("div", {});
  const all = h("details", {}, h("summary", {}, "The numbers as a table"), numbers);
  const element = h("figure", { id, className: "picture", hidden: true }, title, chooser, canvas, h("figcaption", {}, note, all));
  let view = 0;

  async function show(figure) {
    element.hidden = !figure;
    if (!figure) return;
    title.textContent = figure.title;
    note.textContent = figure.note;
    const filled = () => numbers.replaceChildren(figure.table ? table(figure.title, figure.table.columns.map((name, at) => [name, figure.table.rows.some((row) => typeof row[at] === "number")]), figure.table.rows.map((row) => row.map(cell))) : "");
    if (all.open) filled();
    all.ontoggle = () => all.open && filled();
    const { updatemenus, ...layout } = figure.layout;
    const buttons = updatemenus?.[0]?.buttons ?? [];
    if (updatemenus) layout.margin = { ...layout.margin, t: 12 }; // where the menu of the figure's own would be
    view = Math.min(view, Math.max(0, buttons.length - 1));
    chooser.replaceChildren(...(buttons.length ? choice(buttons, figure) : []));
    try {
      await draw(canvas, chosen({ ...figure, layout }, buttons));
    } catch (error) {
      canvas.replaceChildren(h("p", { className: "note" }, error.message));
      all.open = true;
      filled();
    }
  }

  function choice(buttons, figure) {
    const had = document.activeElement?.id === `${id}-view`;
    const select = h("select", { id: `${id}-view`, onchange: () => {
      view = select.selectedIndex;
      show(figure);
    } }, buttons.map((button, at) => h("option", { selected: at === view }, button.label)));
    if (had) queueMicrotask(() => select.focus());
    return [h("label", { for: `${id}-view` }, "Show "), select];
  }

  function chosen(figure, buttons) {
    const [restyle = {}, relayout = {}] = buttons[view]?.args ?? [];
    const visible = restyle.visible;
    const data = visible ? figure.data.map((trace, at) => ({ ...trace, visible: Array.isArray(visible) ? visible[at] : visible })) : figure.data;
    return { data, layout: { ...figure.layout, ...relayout } };
  }

  return { element, show };
}

const cell = (value) => (typeof value === "number" ? (Number.isInteger(value) && value > 1900 && value < 2200 ? String(value) : amount(value)) : value ?? "–");
