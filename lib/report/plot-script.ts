/** Plain JavaScript of a page with plots: the values under the pointer, and the tips of marks that have one. */
export const plotScript = `
"use strict";
const tip = document.getElementById("tip");
function showTip(text, left, top) {
  tip.textContent = text;
  tip.hidden = false;
  const room = document.documentElement.clientWidth - tip.offsetWidth - 12;
  tip.style.left = Math.min(Math.max(12, left - tip.offsetWidth / 2), room) + window.scrollX + "px";
  tip.style.top = top + 10 + window.scrollY + "px";
}
function dateText(ms) {
  const text = new Date(ms).toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text.slice(0, 10) + " " + text.slice(11, 16);
}
function nearest(times, ms) {
  let [low, high] = [0, times.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle] <= ms) low = middle; else high = middle;
  }
  return ms - times[low] <= times[high] - ms ? low : high;
}
for (const plot of document.querySelectorAll(".plot.lines")) {
  const { time, lines } = JSON.parse(plot.querySelector("script").textContent);
  const area = plot.querySelector(".plot-area");
  const cross = plot.querySelector(".cross");
  area.addEventListener("pointermove", (event) => {
    const box = area.getBoundingClientRect();
    const share = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
    const ms = time[0] + share * (time[1] - time[0]);
    const found = lines.map((line) => [line, nearest(line.time, ms)]);
    const shown = found.filter(([line, i]) => line.text[i] !== "");
    if (shown.length === 0) return;
    const [[first, at]] = shown;
    cross.hidden = false;
    cross.style.left = ((first.time[at] - time[0]) / (time[1] - time[0])) * 100 + "%";
    const band = document.elementsFromPoint(event.clientX, event.clientY).find((item) => item.dataset && item.dataset.tip !== undefined && plot.contains(item));
    showTip([dateText(first.time[at]), ...shown.map(([line, i]) => line.label + ": " + line.text[i]), ...(band === undefined ? [] : [band.dataset.tip])].join("\\n"), event.clientX, box.top + Math.min(box.height, event.clientY - box.top + 12));
  });
  area.addEventListener("pointerleave", () => { cross.hidden = true; tip.hidden = true; });
}
for (const kind of ["pointerover", "focusin", "click"]) document.addEventListener(kind, ({ target }) => {
  const item = target.closest("[data-tip]");
  // A plot of lines has tips of its own, which name the band too.
  if (target.closest(".lines") !== null) return;
  tip.hidden = item === null;
  if (item === null) return;
  const box = item.getBoundingClientRect();
  showTip(item.dataset.tip, box.left + box.width / 2, box.bottom);
});
document.addEventListener("keydown", ({ key }) => { if (key === "Escape") tip.hidden = true; });
`;
