"use strict";
(async () => {
  document.getElementById("unplotted").remove();
  const plotted = JSON.parse(document.getElementById("plotted").textContent);
  const plots = [...document.querySelectorAll("[data-figure]")];
  const shown = { displayModeBar: false, displaylogo: false, responsive: true };
  for (const plot of plots) {
    const { data, layout } = plotted[plot.dataset.figure];
    if (plot.clientWidth < 520) layout.font = { ...layout.font, size: 11 };
    Plotly.newPlot(plot, data, layout, shown);
  }
  // On paper each is a still picture of its own width, without buttons.
  const width = 880;
  for (const plot of plots) {
    const { data, layout } = plotted[plot.dataset.figure];
    const { updatemenus, ...still } = layout;
    if (updatemenus) still.margin = { ...layout.margin, t: 12 };
    still.font = { ...layout.font, size: 13 };
    const picture = document.createElement("img");
    picture.className = "printed";
    picture.alt = plot.getAttribute("aria-label");
    picture.src = await Plotly.toImage({ data, layout: still }, { format: "svg", width, height: layout.height });
    plot.closest("figure").classList.add("has-printed");
    plot.parentNode.after(picture);
  }
  document.documentElement.dataset.ready = "yes";
})();
