/** Plain JavaScript of the page: the chart of the price with its trades. */
export const priceChartScript = `
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
  const priceFormat = { type: "custom", minMove: 1e-8, formatter: (value) => minus(value >= 1000 ? whole(value) : significant.format(Number(value.toPrecision(5)))) };
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
`;
