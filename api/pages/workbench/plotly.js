// Plotly as this server has it installed: loaded when there is something to draw, and done without where it is not.

import { calm } from "./dom.js";

let loading = null;

function loaded() {
  loading ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = "workbench/plotly.min.js";
    script.addEventListener("load", () => done(globalThis.Plotly));
    script.addEventListener("error", () => failed(new Error("There are no pictures: this server has no Plotly (pip install 'oremix[report]'). The tables say the same.")));
    document.head.append(script);
  });
  return loading;
}

/** Draw a figure, or draw it anew where there is one: the old one stays until the new one is there. */
export async function draw(element, figure) {
  const Plotly = await loaded();
  const layout = { ...figure.layout, autosize: true };
  delete layout.width;
  if (calm()) layout.transition = undefined;
  await Plotly.react(element, figure.data, layout, { responsive: true, displayModeBar: false, showTips: false });
}

export async function drop(element) {
  if (globalThis.Plotly) globalThis.Plotly.purge(element);
}
