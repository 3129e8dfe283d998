/** Plain JavaScript of the page: where bars lie on the charts, how numbers, times and colours are written, and how two charts show the same bars. */
export const positionsScript = `
const data = JSON.parse(document.getElementById("report-data").textContent);
const charts = window.LightweightCharts;
const minus = (text) => text.replace("-", "−");
const number = (digits) => {
  const format = new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return (value) => minus(format.format(value));
};
const money = number(2);
const whole = number(0);
const percent = (value) => minus((value * 100).toFixed(2)) + "%";
const significant = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 7 });
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 5 });
const axisMoney = (value) => minus(Math.abs(value) >= 1e6 ? compact.format(value) : (Math.abs(value) < 100 ? money : whole)(value));
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
`;
