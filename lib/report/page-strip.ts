/** Plain JavaScript of the page: the strip of seams under the equity, which follows the range of its chart, and its tips. */
export const stripScript = `
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
`;
