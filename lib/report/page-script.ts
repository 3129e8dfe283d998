/** What the report does in the browser: the charts, the strip that follows their range, sorting and paging of tables. Plain JavaScript, run as it stands. */
export const pageScript = `
"use strict";
const data = JSON.parse(document.getElementById("report-data").textContent);
const charts = window.LightweightCharts;
const minus = (text) => text.replace("-", "−");
const number = (digits) => {
  const format = new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return (value) => minus(format.format(value));
};
const money = number(2);
const percent = (value) => minus((value * 100).toFixed(2)) + "%";
const significant = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 7 });
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 5 });
const axisMoney = (value) => minus(Math.abs(value) >= 1e6 ? compact.format(value) : number(Math.abs(value) < 100 ? 2 : 0)(value));
const timeText = (seconds) => {
  const iso = new Date(seconds * 1000).toISOString();
  return iso.slice(11, 19) === "00:00:00" ? iso.slice(0, 10) : iso.slice(0, 10) + " " + iso.slice(11, iso.slice(17, 19) === "00" ? 16 : 19);
};
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const isNarrow = window.matchMedia("(max-width: 560px)").matches;

// Positions on a chart's time scale are those of its drawn points; bars between two points lie between their positions.
function positionOf(bars, bar) {
  let low = 0;
  let high = bars.length - 1;
  if (bar <= bars[0]) return 0;
  if (bar >= bars[high]) return high + (high > 0 ? (bar - bars[high]) / (bars[high] - bars[high - 1]) : bar - bars[high]);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (bars[middle] <= bar) low = middle;
    else high = middle;
  }
  return low + (bar - bars[low]) / (bars[high] - bars[low]);
}
function barAt(bars, position) {
  const last = bars.length - 1;
  if (last === 0) return bars[0] + position;
  const low = Math.max(0, Math.min(last - 1, Math.floor(position)));
  return bars[low] + (position - low) * (bars[low + 1] - bars[low]);
}
// The library knows coordinates of whole positions only.
function coordinate(scale, position) {
  const low = Math.floor(position);
  const x = scale.logicalToCoordinate(low);
  return x + (position - low) * (scale.logicalToCoordinate(low + 1) - x);
}

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

// Entries as triangles (up bought, down sold), exits as dots, joined by a line in the colour of the outcome.
function tradeMarks(bars, trades) {
  let attached;
  const draw = (context, width) => {
    const scale = attached.chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    if (range === null) return;
    const from = barAt(bars, range.from);
    const to = barAt(bars, range.to);
    const visible = trades.filter((trade) => trade.exitBar >= from && trade.entryBar <= to);
    const size = visible.length > 400 ? 2 : visible.length > 120 ? 3 : 4.5;
    const [gain, loss] = [colour("gain"), colour("loss")];
    for (const trade of visible) {
      const x1 = coordinate(scale, positionOf(bars, trade.entryBar));
      const x2 = coordinate(scale, positionOf(bars, trade.exitBar));
      const y1 = attached.series.priceToCoordinate(trade.entryPrice);
      const y2 = attached.series.priceToCoordinate(trade.exitPrice);
      if (y1 === null || y2 === null || x2 < 0 || x1 > width) continue;
      const up = trade.side === "long" ? 1 : -1;
      context.strokeStyle = context.fillStyle = trade.netProfit < 0 ? loss : gain;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
      context.stroke();
      context.beginPath();
      context.moveTo(x1, y1 - up * size);
      context.lineTo(x1 - size, y1 + up * size);
      context.lineTo(x1 + size, y1 + up * size);
      context.fill();
      context.beginPath();
      context.arc(x2, y2, size * 0.8, 0, 2 * Math.PI);
      context.fill();
    }
  };
  const view = {
    zOrder: () => "top",
    renderer: () => ({ draw: (target) => target.useMediaCoordinateSpace(({ context, mediaSize }) => draw(context, mediaSize.width)) }),
  };
  const views = [view];
  return { attached: (to) => { attached = to; }, paneViews: () => views };
}

function priceChart(element) {
  const { bar, time, open, high, low, close } = data.price;
  const chart = makeChart(element, { logo: true });
  const priceFormat = { type: "custom", minMove: 1e-8, formatter: (value) => minus(value >= 1000 ? number(0)(value) : significant.format(Number(value.toPrecision(5)))) };
  const line = chart.addSeries(charts.LineSeries, { lineWidth: 1, priceLineVisible: false, priceFormat, crosshairMarkerRadius: 3 });
  const candles = chart.addSeries(charts.CandlestickSeries, { priceLineVisible: false, lastValueVisible: false, priceFormat, borderVisible: false });
  line.setData(time.map((at, i) => ({ time: at, value: close[i] })));
  candles.setData(time.map((at, i) => ({ time: at, open: open[i], high: high[i], low: low[i], close: close[i] })));
  line.attachPrimitive(tradeMarks(bar, data.trades));
  // Candles closer than this run into each other; the line then says more. Transparent rather than hidden, so that the marks and the price scale stay.
  const candleSpacing = 4;
  let drawn = "";
  const choose = (isForced) => {
    const wanted = chart.timeScale().options().barSpacing >= candleSpacing && bar.length > 1 ? "candles" : "line";
    if (wanted === drawn && isForced !== true) return;
    drawn = wanted;
    candles.applyOptions({ visible: wanted === "candles" || bar.length === 1 });
    line.applyOptions({ color: wanted === "line" ? colour("price") : "transparent", lastValueVisible: wanted === "line" });
  };
  chart.timeScale().subscribeVisibleLogicalRangeChange(choose);
  themes.push(() => {
    chart.applyOptions(themed());
    const [up, down] = [colour("benchmark"), colour("price")];
    candles.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down });
    choose(true);
  });

  const legend = document.getElementById("price-legend");
  const show = (i, at) => {
    const trade = data.trades.find((each) => each.entryBar <= at && at <= each.exitBar);
    const price = (value) => minus(significant.format(value));
    const entry = (label, text) => "<span>" + label + " <b>" + text + "</b></span> ";
    const outcome = trade === undefined ? "" : entry((trade.side === "long" ? "Long " : "Short ") + price(trade.entryPrice) + " to " + price(trade.exitPrice), (trade.netProfit > 0 ? "+" : "") + money(trade.netProfit));
    legend.innerHTML = entry("", timeText(time[i])) + entry("O", price(open[i])) + entry("H", price(high[i])) + entry("L", price(low[i])) + entry("C", price(close[i])) + outcome;
  };
  const last = time.length - 1;
  show(last, bar[last]);
  chart.subscribeCrosshairMove(({ logical, time: at }) => {
    const i = at === undefined ? last : Math.max(0, Math.min(last, logical));
    show(i, bar[i]);
  });
  return { chart, bars: bar, element };
}

// Both charts and the strip show the same bars. A range that is already there is left alone, so that two charts do not push each other.
function follow(from, to) {
  from.chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
    const shown = to.chart.timeScale().getVisibleLogicalRange();
    if (range === null || shown === null) return;
    const wanted = { from: positionOf(to.bars, barAt(from.bars, range.from)), to: positionOf(to.bars, barAt(from.bars, range.to)) };
    const tolerance = Math.max(0.6, (wanted.to - wanted.from) * 0.002);
    if (Math.abs(wanted.from - shown.from) > tolerance || Math.abs(wanted.to - shown.to) > tolerance) to.chart.timeScale().setVisibleLogicalRange(wanted);
  });
}

function zoom({ chart, bars }, factor) {
  const scale = chart.timeScale();
  const range = scale.getVisibleLogicalRange();
  if (factor === 0 || range === null) return scale.fitContent();
  const middle = (range.from + range.to) / 2;
  const half = Math.min(bars.length, ((range.to - range.from) / 2) * factor);
  scale.setVisibleLogicalRange({ from: Math.max(-0.5, middle - half), to: Math.min(bars.length - 0.5, middle + half) });
}

function layStrip({ chart, bars, element }) {
  const plot = document.querySelector(".strip-plot");
  const scale = chart.timeScale();
  const width = scale.width();
  if (width === 0) return;
  plot.style.width = (width / element.clientWidth) * 100 + "%";
  const place = (bar) => Math.max(-2, Math.min(102, (coordinate(scale, positionOf(bars, bar) - (bars.length > 1 ? 0 : 0.5)) / width) * 100));
  for (const item of plot.children) {
    const left = place(Number(item.dataset.from));
    item.style.left = left + "%";
    if (item.dataset.to === undefined) continue;
    const share = place(Number(item.dataset.to)) - left;
    item.style.width = share + "%";
    item.classList.toggle("narrow", (share / 100) * width < 9 * item.textContent.length);
  }
}

function tips() {
  const tip = document.getElementById("tip");
  const show = ({ target }) => {
    const item = target.closest("[data-tip]");
    tip.hidden = item === null;
    if (item === null) return;
    tip.textContent = item.dataset.tip;
    const box = item.getBoundingClientRect();
    const left = Math.min(Math.max(12, box.left + box.width / 2 - tip.offsetWidth / 2), document.documentElement.clientWidth - tip.offsetWidth - 12);
    tip.style.left = left + window.scrollX + "px";
    tip.style.top = box.bottom + 6 + window.scrollY + "px";
  };
  const hide = () => { tip.hidden = true; };
  const strip = document.getElementById("strip");
  for (const kind of ["mouseover", "focusin", "click"]) strip.addEventListener(kind, show);
  for (const kind of ["mouseleave", "focusout"]) strip.addEventListener(kind, hide);
  document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
}

function pagedTable(table) {
  const body = table.tBodies[0];
  const size = Number(table.dataset.page);
  let rows = [...body.rows];
  let page = Math.max(0, Math.floor(rows.findIndex((row) => row.classList.contains("chosen")) / size));
  const pager = document.createElement("div");
  pager.className = "pager";
  pager.innerHTML = '<button type="button">Previous</button><span aria-live="polite"></span><button type="button">Next</button>';
  const [back, text, on] = pager.children;
  const show = () => {
    const pages = Math.ceil(rows.length / size);
    page = Math.max(0, Math.min(pages - 1, page));
    body.replaceChildren(...rows.slice(page * size, (page + 1) * size));
    text.textContent = number(0)(page * size + 1) + " to " + number(0)(Math.min(rows.length, (page + 1) * size)) + " of " + number(0)(rows.length);
    back.disabled = page === 0;
    on.disabled = page === pages - 1;
  };
  back.addEventListener("click", () => { page -= 1; show(); });
  on.addEventListener("click", () => { page += 1; show(); });
  if (rows.length > size) table.parentElement.after(pager);
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    if (cell.dataset.v === undefined) return cell.textContent;
    return cell.dataset.v === "" ? -Infinity : Number(cell.dataset.v);
  };
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    if (rows[0].cells[column].dataset.v !== undefined) head.classList.add("numeric");
    button.addEventListener("click", () => {
      const direction = head.getAttribute("aria-sort") === "descending" ? 1 : -1;
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
      rows = [...rows].sort((a, b) => {
        const [x, y] = [valueOf(a, column), valueOf(b, column)];
        return x === y ? 0 : (x < y ? -1 : 1) * direction;
      });
      page = 0;
      show();
    });
  });
  show();
}

function start() {
  for (const table of document.querySelectorAll("table[data-page]")) pagedTable(table);
  tips();
  if (data.points === undefined) return;
  const equity = equityChart(document.getElementById("equity-chart"));
  const price = priceChart(document.getElementById("price-chart"));
  const both = [equity, price];
  applyTheme();
  for (const { chart } of both) chart.timeScale().fitContent();
  follow(equity, price);
  follow(price, equity);
  const lay = () => layStrip(equity);
  equity.chart.timeScale().subscribeVisibleLogicalRangeChange(lay);
  equity.chart.timeScale().subscribeSizeChange(lay);
  requestAnimationFrame(() => requestAnimationFrame(lay));
  for (const [i, each] of both.entries()) {
    for (const button of document.querySelectorAll('.tools[data-chart="' + i + '"] button')) button.addEventListener("click", () => zoom(each, Number(button.dataset.zoom)));
    // The wheel scrolls the page; with Ctrl (or a trackpad's pinch) it zooms.
    each.element.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom(each, event.deltaY > 0 ? 1.25 : 0.8);
    }, { passive: false });
  }
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyTheme);
  window.addEventListener("beforeprint", () => {
    document.documentElement.classList.add("printing");
    document.querySelector(".spec").open = true;
    applyTheme();
    for (const { chart, element } of both) element.nextElementSibling.src = chart.takeScreenshot(true).toDataURL();
  });
  window.addEventListener("afterprint", () => {
    document.documentElement.classList.remove("printing");
    applyTheme();
  });
}
start();
`;
