"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const dark = window.matchMedia("(prefers-color-scheme: dark)");
function draw() {
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(name).trim();
  const text = color("--muted"), line = color("--line"), accent = color("--accent"), second = color("--second");
  const layout = (more) => Object.assign({
    margin: {l: 44, r: 12, t: 8, b: 36}, height: 240, bargap: 0.06, showlegend: false,
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
    width: values.x.length === 1 ? 0.1 : undefined,
  }];
  if (data.rewards) plot("rewards", bars(data.rewards));
  Object.values(data.metrics).forEach((values, place) => plot("metric-" + place, bars(values), {height: 160}));
  plot("lengths", [
    {type: "bar", x: data.lengths.x, y: data.lengths.count, yaxis: "y2", marker: {color: line},
     hovertemplate: "%{y} responses<extra></extra>"},
    {type: "scatter", mode: "lines+markers", x: data.lengths.x, y: data.lengths.y, line: {color: accent, width: 2.5},
     hovertemplate: "mean reward %{y:.4g}<extra></extra>"},
  ], {
    yaxis2: {overlaying: "y", side: "right", showgrid: false, fixedrange: true, visible: false},
    yaxis: {gridcolor: line, zerolinecolor: line, fixedrange: true, title: {text: "mean reward"}, automargin: true},
    xaxis: {type: "category", fixedrange: true, tickangle: -40, automargin: true, gridcolor: line},
  });
  plot("statuses", [{
    type: "bar", orientation: "h", x: data.statuses.x, y: data.statuses.y, marker: {color: second},
    text: data.statuses.x.map(String), textposition: "auto", hovertemplate: "%{y}: %{x}<extra></extra>",
  }], {yaxis: {autorange: "reversed", type: "category", fixedrange: true, automargin: true}});
}
draw();
dark.addEventListener("change", draw);
