/** Plain JavaScript of the page: how a chart is made and coloured, and the chart of equity, benchmark and drawdown. */
export const equityChartScript = `
function themed() {
  const line = colour("line");
  return {
    layout: { background: { type: "solid", color: colour("bg") }, textColor: colour("muted"), panes: { separatorColor: line, separatorHoverColor: line, enableResize: false } },
    grid: { vertLines: { color: colour("grid") }, horzLines: { color: colour("grid") } },
    rightPriceScale: { borderColor: line },
    timeScale: { borderColor: line },
  };
}
function makeChart(element, options) {
  const chart = charts.createChart(element, {
    autoSize: true,
    layout: { attributionLogo: options.logo, fontSize: isNarrow ? 10 : 12, fontFamily: getComputedStyle(document.body).fontFamily },
    localization: { locale: "en-US", timeFormatter: timeText },
    rightPriceScale: { minimumWidth: isNarrow ? 52 : 72, entireTextOnly: true, scaleMargins: { top: 0.08, bottom: 0.06 } },
    timeScale: { minBarSpacing: 0.001, fixLeftEdge: true, fixRightEdge: true, lockVisibleTimeRangeOnResize: true, timeVisible: data.intraday, allowBoldLabels: false },
    handleScroll: { mouseWheel: false, vertTouchDrag: false },
    handleScale: { mouseWheel: false, axisPressedMouseMove: { time: true, price: false } },
    crosshair: { mode: 0 },
  });
  chart.applyOptions(themed());
  return chart;
}

const themes = [];
function applyTheme() {
  for (const apply of themes) apply();
}

// A drawdown is read from zero downwards, whatever part of it is shown.
function fromZero(original) {
  const info = original();
  return info === null ? null : { ...info, priceRange: { minValue: Math.min(info.priceRange.minValue, -1e-6), maxValue: 0 } };
}

function equityChart(element) {
  const { bar, time, equity, drawdown, benchmark } = data.points;
  const chart = makeChart(element, { logo: false });
  const priceFormat = { type: "custom", minMove: 0.01, formatter: axisMoney };
  const plain = { priceLineVisible: false, crosshairMarkerRadius: 3 };
  const hold = chart.addSeries(charts.LineSeries, { ...plain, priceFormat, lineWidth: 1 });
  const account = chart.addSeries(charts.LineSeries, { ...plain, priceFormat, lineWidth: 2 });
  const under = chart.addSeries(
    charts.BaselineSeries,
    { ...plain, lastValueVisible: false, lineWidth: 1, autoscaleInfoProvider: fromZero, baseValue: { type: "price", price: 0 }, priceFormat: { type: "custom", minMove: 0.0001, formatter: (value) => minus((value * 100).toFixed(1)) + "%" } },
    1,
  );
  chart.panes()[0].setStretchFactor(3);
  chart.panes()[1].setStretchFactor(1);
  under.priceScale().applyOptions({ scaleMargins: { top: 0.04, bottom: 0.06 } });
  const series = (values) => time.map((at, i) => (values[i] === null ? { time: at } : { time: at, value: values[i] }));
  hold.setData(series(benchmark));
  account.setData(series(equity));
  under.setData(series(drawdown));
  themes.push(() => {
    chart.applyOptions(themed());
    hold.applyOptions({ color: colour("benchmark") });
    account.applyOptions({ color: colour("equity") });
    const [loss, fill] = [colour("loss"), colour("fill")];
    under.applyOptions({ topLineColor: loss, topFillColor1: fill, topFillColor2: fill, bottomLineColor: loss, bottomFillColor1: fill, bottomFillColor2: fill });
  });

  const legend = document.getElementById("equity-legend");
  const lastEquity = equity.findLastIndex((value) => value !== null);
  const show = (i) => {
    const value = (values, format) => (values[i] === null || values[i] === undefined ? "–" : format(values[i]));
    const entry = (label, text) => "<span>" + label + " <b>" + text + "</b></span> ";
    legend.innerHTML =
      entry("", timeText(time[i])) + entry('<i class="c-equity"></i>Equity', value(equity, money)) + entry('<i class="c-benchmark"></i>Buy and hold', value(benchmark, money)) +
      entry("Drawdown", value(drawdown, percent));
  };
  const rest = lastEquity < 0 ? time.length - 1 : lastEquity;
  show(rest);
  chart.subscribeCrosshairMove(({ logical, time: at }) => show(at === undefined ? rest : Math.max(0, Math.min(time.length - 1, logical))));
  return { chart, bars: bar, element };
}
`;
