"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const dark = window.matchMedia("(prefers-color-scheme: dark)");
function barWidth(places) {
  const span = places[places.length - 1] - places[0];
  if (places.length > 10 || !(span > 0)) return places.length > 10 ? undefined : 0.1;
  return span / 12;
}
function draw() {
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(name).trim();
  const text = color("--muted"), line = color("--line"), accent = color("--accent"), second = color("--second");
  const layout = (more) => Object.assign({
    autosize: true, margin: {l: 44, r: 12, t: 8, b: 36}, height: 240, bargap: 0.06, showlegend: false,
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: {family: "inherit", size: 12, color: text},
    xaxis: {gridcolor: line, zerolinecolor: line, fixedrange: true, automargin: true},
    yaxis: {gridcolor: line, zerolinecolor: line, fixedrange: true, automargin: true},
  }, more);
  const options = {displayModeBar: false, responsive: true};
  const plot = (id, traces, more) => {
    const place = document.getElementById(id);
    if (place) Plotly.react(place, traces, layout(more || {}), options);
  };
  const bars = (values) => [{
    type: "bar", x: values.x, y: values.y, marker: {color: accent}, hovertemplate: "%{x:.4g}: %{y}<extra></extra>",
    width: barWidth(values.x),
  }];
  if (data.rewards) plot("rewards", bars(data.rewards));
  Object.values(data.metrics).forEach((values, place) => plot("metric-" + place, bars(values), {height: 160}));
  plot("lengths", [
    {type: "bar", x: data.lengths.x, y: data.lengths.count, marker: {color: line},
     hovertemplate: "%{y} responses<extra></extra>"},
    {type: "scatter", mode: "lines+markers", x: data.lengths.x, y: data.lengths.y, yaxis: "y2", line: {color: accent, width: 2.5},
     hovertemplate: "mean reward %{y:.4g}<extra></extra>"},
  ], {
    yaxis: {visible: false, fixedrange: true},
    yaxis2: {overlaying: "y", side: "left", tickmode: "auto", tickformat: ".3~g", nticks: 5, gridcolor: line, zerolinecolor: line, fixedrange: true, automargin: true},
    xaxis: {type: "category", fixedrange: true, tickangle: -40, automargin: true, gridcolor: line},
  });
  plot("statuses", [{
    type: "bar", orientation: "h", x: data.statuses.x, y: data.statuses.y, marker: {color: second},
    text: data.statuses.x.map(String), textposition: "auto", textangle: 0, hovertemplate: "%{y}: %{x}<extra></extra>",
  }], {yaxis: {autorange: "reversed", type: "category", fixedrange: true, automargin: true}});
}
draw();
dark.addEventListener("change", draw);
const resized = new ResizeObserver((entries) => entries.forEach((one) => Plotly.Plots.resize(one.target)));
document.querySelectorAll(".js-plotly-plot").forEach((place) => resized.observe(place));
