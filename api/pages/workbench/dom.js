// Elements without markup in text: whatever a problem says is text, never HTML.

/** An element with properties, attributes and listeners (`on…`), and what stands in it; null and false are left out. */
export function h(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "className" || name === "value" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...shown(children));
  return element;
}

/** Put other things in place of what stands in an element. */
export function fill(element, ...children) {
  element.replaceChildren(...shown(children));
  return element;
}

export const byId = (id) => document.getElementById(id);

function shown(children) {
  return children.flat(9).filter((child) => child !== null && child !== undefined && child !== false);
}

/** A table with a caption; `columns` are [heading, is it a number], rows lists of what stands in the cells. */
export function table(caption, columns, rows) {
  const head = columns.map(([title, isNumber]) => h("th", { scope: "col", className: isNumber ? "number" : "" }, title));
  const body = rows.map((cells) =>
    h("tr", {}, cells.map((cell, at) =>
      at === 0
        ? h("th", { scope: "row" }, cell ?? "")
        : h("td", { className: columns[at][1] ? "number" : "" }, cell ?? ""))));
  const found = h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, head)), h("tbody", {}, body));
  return h("div", { className: "wide", tabindex: "0", role: "region", "aria-label": caption }, found);
}

/** Say something to who does not see it change. */
export function announce(text) {
  byId("live").textContent = text;
}

/** Move the focus to a heading, or whatever is told. */
export function focusOn(element) {
  element.setAttribute("tabindex", "-1");
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
