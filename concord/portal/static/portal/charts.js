/* Draws every [data-chart] with the colours of the page; the table below it holds the same numbers. */
(() => {
  "use strict";

  const drawn = new Map();
  const probe = document.createElement("span");
  probe.className = "visually-hidden";
  probe.style.setProperty("transition", "none", "important"); // else the colour asked for is still on its way

  /* A canvas can't resolve light-dark(); the browser can, on an element. */
  const colour = (token) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const TONES = ["accent", "info", "ok", "warn", "bad", "muted"];
  const toneOf = (series, index) => (TONES.includes(series.tone) ? series.tone : TONES[index % TONES.length]);

  const draw = (figure) => {
    const data = JSON.parse(figure.dataset.chart);
    const round = data.kind === "doughnut";
    const lying = data.kind === "hbar";
    const ink = colour("--co-ink-2");
    const line = colour("--co-line");
    const number = new Intl.NumberFormat(document.documentElement.lang);
    const named = (value) => (data.unit ? `${number.format(value)} ${data.unit}` : number.format(value));
    const axis = (values) => ({
      stacked: data.stacked,
      beginAtZero: true,
      border: { display: false },
      grid: { color: line, display: values },
      ticks: values ? { color: ink, callback: (value) => number.format(value), maxTicksLimit: 6, precision: 0 } : { color: ink },
    });
    const font = getComputedStyle(document.body).fontFamily;
    drawn.get(figure)?.destroy();
    drawn.set(
      figure,
      new window.Chart(figure.querySelector("canvas"), {
        type: lying ? "bar" : data.kind,
        data: {
          labels: data.labels,
          datasets: data.series.map((series, index) => {
            const main = colour(`--co-${toneOf(series, index)}`);
            return {
              label: series.label,
              data: series.values,
              backgroundColor: round ? data.labels.map((_l, i) => colour(`--co-${TONES[i % TONES.length]}`)) : main,
              borderColor: data.kind === "line" ? main : colour("--co-surface"),
              borderWidth: data.kind === "line" ? 2 : round ? 2 : 0,
              borderRadius: 3,
              maxBarThickness: 34,
              pointRadius: data.labels.length > 30 ? 0 : 2.5,
              tension: 0.25,
            };
          }),
        },
        options: {
          animation: false,
          maintainAspectRatio: false,
          responsive: true,
          indexAxis: lying ? "y" : "x",
          interaction: { mode: round ? "nearest" : "index", intersect: round },
          scales: round ? {} : lying ? { x: axis(true), y: axis(false) } : { x: axis(false), y: axis(true) },
          plugins: {
            legend: {
              display: round || data.series.length > 1,
              position: "bottom",
              labels: { color: ink, boxWidth: 10, boxHeight: 10, useBorderRadius: true, borderRadius: 3, font: { family: font } },
            },
            tooltip: {
              callbacks: {
                label: (item) => `${round ? item.label : item.dataset.label}: ${named(round ? item.parsed : lying ? item.parsed.x : item.parsed.y)}`,
              },
            },
          },
          font: { family: font },
        },
      }),
    );
  };

  const drawAll = (scope) => {
    document.body.append(probe);
    scope.querySelectorAll("[data-chart]").forEach(draw);
    probe.remove();
  };
  if (!window.Chart) return;
  drawAll(document);
  document.addEventListener("concord:theme", () => drawAll(document));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(document));
  document.addEventListener("htmx:afterSwap", (event) => drawAll(event.target));
})();
