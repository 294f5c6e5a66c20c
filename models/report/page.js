"use strict";
(() => {
  const plotted = JSON.parse(document.getElementById("plotted").textContent);
  const plots = [...document.querySelectorAll("[data-figure]")];
  const shown = { displayModeBar: false, displaylogo: false, responsive: true };
  for (const plot of plots) {
    const { data, layout } = plotted[plot.dataset.figure];
    if (plot.clientWidth < 520) layout.font = { ...layout.font, size: 11 };
    Plotly.newPlot(plot, data, layout, shown);
  }
  // Paper has its own width, and no buttons.
  const paper = 672;
  const printed = (now) => {
    for (const plot of plots) {
      const menus = plotted[plot.dataset.figure].layout.updatemenus;
      const change = now ? { width: paper, autosize: false } : { width: null, autosize: true };
      if (menus) change["updatemenus[0].visible"] = !now;
      Plotly.relayout(plot, change);
    }
  };
  window.addEventListener("beforeprint", () => printed(true));
  window.addEventListener("afterprint", () => printed(false));
})();
