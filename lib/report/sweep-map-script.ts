/** Plain JavaScript of the page: the map of two parameters, drawn as a table. */
export const mapScript = `
const surface = JSON.parse(document.getElementById("report-data").textContent).surface;
// Viridis (van der Walt and Smith, 2015), from low to high: told apart by every eye, on paper too.
const stops = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
function shade(share) {
  const at = Math.max(0, Math.min(1, share)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(at));
  return stops[low].map((value, i) => Math.round(value + (stops[low + 1][i] - value) * (at - low)));
}
let decimals = 2;
const writeValue = (value) => (surface.percent ? minus((value * 100).toFixed(1)) + "%" : minus(value.toFixed(decimals)));
function digitOf(index, axis) {
  let rest = index;
  for (let i = surface.axes.length - 1; i > axis; i--) rest = Math.floor(rest / surface.axes[i].count);
  return rest % surface.axes[axis].count;
}
// The mean of each point and of those one step away along an ordered axis.
function around(values) {
  const at = new Map(surface.index.map((index, i) => [index, values[i]]));
  const strides = surface.axes.map((_, i) => surface.axes.slice(i + 1).reduce((product, axis) => product * axis.count, 1));
  return surface.index.map((index, i) => {
    if (values[i] === null) return null;
    let [sum, count] = [values[i], 1];
    surface.axes.forEach((axis, a) => {
      if (!axis.isOrdered) return;
      const digit = digitOf(index, a);
      for (const step of [-1, 1]) {
        const value = digit + step < 0 || digit + step >= axis.count ? undefined : at.get(index + step * strides[a]);
        if (value === undefined || value === null) continue;
        sum += value;
        count += 1;
      }
    });
    return sum / count;
  });
}
function chosen(id, fallback) {
  const select = document.getElementById(id);
  return select === null ? fallback : select.value;
}
function drawMap() {
  const [x, y, shows] = [Number(chosen("map-x", 0)), Number(chosen("map-y", -1)), chosen("map-shows", "mean")];
  const down = y === x ? -1 : y;
  const raw = surface.maps[Number(chosen("map-of", 0))].value;
  const values = shows === "around" ? around(raw) : raw;
  const cellOf = (index, axis) => Math.floor((digitOf(index, axis) * surface.axes[axis].labels.length) / surface.axes[axis].count);
  const columns = surface.axes[x].labels;
  const rows = down < 0 ? [""] : surface.axes[down].labels;
  const cells = rows.map(() => columns.map(() => ({ sum: 0, count: 0, best: null, holds: false })));
  surface.index.forEach((index, i) => {
    const cell = cells[down < 0 ? 0 : cellOf(index, down)][cellOf(index, x)];
    if (index === surface.best) cell.holds = true;
    if (values[i] === null) return;
    cell.sum += values[i];
    cell.count += 1;
    if (cell.best === null || (surface.higherIsBetter ? values[i] > cell.best : values[i] < cell.best)) cell.best = values[i];
  });
  const shown = cells.map((row) => row.map((cell) => (cell.count === 0 ? null : shows === "best" ? cell.best : cell.sum / cell.count)));
  const known = shown.flat().filter((value) => value !== null);
  const [low, high] = [known.reduce((a, b) => Math.min(a, b), Infinity), known.reduce((a, b) => Math.max(a, b), -Infinity)];
  decimals = high > low ? Math.max(0, Math.min(6, 1 - Math.floor(Math.log10(high - low)))) : 2;
  const table = document.createElement("table");
  if (rows.length > 16) table.className = "dense";
  const room = (document.getElementById("map").clientWidth - 60) / columns.length;
  const everyColumn = Math.max(1, Math.ceil((Math.max(...columns.map((text) => text.length)) * 7 + 6) / Math.max(1, room)));
  const element = (name, text, parent) => { const made = document.createElement(name); made.textContent = text; parent.append(made); return made; };
  rows.forEach((label, r) => {
    const line = table.insertRow();
    element("th", label, line);
    columns.forEach((column, c) => {
      const value = shown[r][c];
      const cell = element("td", "", line);
      cell.className = cells[r][c].holds ? "holds" : "";
      const where = surface.axes[x].name + " " + column + (down < 0 ? "" : ", " + surface.axes[down].name + " " + label);
      if (value === null) { cell.classList.add("none"); cell.dataset.tip = where + "\\nno lane"; return; }
      const colour = shade(high > low ? (value - low) / (high - low) : 0.5);
      cell.style.background = "rgb(" + colour.join(",") + ")";
      cell.style.color = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] > 140 ? "#000" : "#fff";
      const text = writeValue(value);
      if (room > text.length * 7.5 + 4) cell.textContent = text;
      cell.dataset.tip = where + "\\n" + text + (cells[r][c].count > 1 ? " over " + cells[r][c].count + " lanes" : "") + (cells[r][c].holds ? "\\nthe chosen set" : "");
    });
  });
  const foot = table.insertRow();
  element("th", down < 0 ? "" : surface.axes[down].name + " ↓ " + surface.axes[x].name + " →", foot).className = "corner";
  columns.forEach((label, c) => { element("th", c % everyColumn === 0 ? label : "", foot); });
  document.getElementById("map").replaceChildren(table);
  document.getElementById("map-low").textContent = known.length === 0 ? "" : writeValue(low);
  document.getElementById("map-high").textContent = known.length === 0 ? "" : writeValue(high);
}
if (surface !== undefined) {
  drawMap();
  for (const select of document.querySelectorAll(".choices select")) select.addEventListener("change", drawMap);
  let width = window.innerWidth;
  window.addEventListener("resize", () => { if (window.innerWidth !== width) { width = window.innerWidth; drawMap(); } });
}
`;
