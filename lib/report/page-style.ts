/** The report's style sheet: light and dark by the reader's preference, always light on paper. */
export const pageStyle = `
:root { color-scheme: light dark; --bg: #ffffff; --panel: #f6f8fa; --text: #1b222b; --muted: #5c6875; --line: #dfe4ea; --equity: #1f5fbf; --benchmark: #8a95a3;
  --gain: #14734f; --loss: #b8332f; --stopped: #a86a08; --odd: #b9cfee; --even: #d9e5f6; --price: #3b4654; --grid: #eef1f4; --fill: rgba(184, 51, 47, 0.16); }
@media screen and (prefers-color-scheme: dark) {
  :root:not(.printing) { --bg: #11151a; --panel: #181e25; --text: #e2e7ed; --muted: #98a4b2; --line: #2b333d; --equity: #78aaf2; --benchmark: #7a8694;
    --gain: #5cc79a; --loss: #f0837d; --stopped: #e0aa4e; --odd: #35517b; --even: #263850; --price: #b6c1cd; --grid: #1c2229; --fill: rgba(240, 131, 125, 0.2); }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--bg); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1120px; margin: 0 auto; padding: 28px 24px 48px; }
h1 { margin: 0; font-size: 26px; line-height: 1.2; font-weight: 650; overflow-wrap: anywhere; }
h2 { margin: 40px 0 10px; font-size: 18px; font-weight: 650; }
h3 { margin: 24px 0 6px; font-size: 15px; font-weight: 650; }
a { color: var(--equity); }
code, pre { font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.title { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; }
.status { padding: 1px 10px; border: 1px solid currentColor; border-radius: 99px; font-size: 13px; color: var(--stopped); }
.status.completed { color: var(--gain); }
.status.failed { color: var(--loss); }
.facts { display: flex; flex-wrap: wrap; gap: 2px 22px; margin: 6px 0 0; color: var(--muted); overflow-wrap: anywhere; }
.params { color: var(--text); }
.notice { margin: 16px 0 0; padding: 10px 16px; border-left: 3px solid var(--stopped); background: var(--panel); overflow-wrap: anywhere; }
.notice.branched { border-color: var(--muted); }
.notice.failed { border-color: var(--loss); }
.notice p { margin: 4px 0; }
.note, .empty { color: var(--muted); font-size: 13px; }
.note { margin: 6px 0; }
.tiles { display: grid; grid-template-columns: repeat(5, 1fr); gap: 1px; margin: 22px 0 8px; border: 1px solid var(--line); background: var(--line); }
.tile { padding: 11px 14px; background: var(--bg); min-width: 0; }
.tile .label { color: var(--muted); font-size: 13px; }
.tile .value { font-size: 20px; font-weight: 600; overflow-wrap: anywhere; }
.tile .note { margin: 0; font-size: 12px; }
.gain { color: var(--gain); }
.loss { color: var(--loss); }
.chart-head { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 4px 16px; margin-top: 32px; }
.chart-head h2 { margin: 0; }
.tools button { min-width: 34px; height: 30px; border: 1px solid var(--line); background: var(--bg); color: var(--text); font: inherit; font-size: 13px; cursor: pointer; }
.tools button:hover { background: var(--panel); }
.legend { min-height: 21px; margin: 4px 0 6px; font-size: 13px; color: var(--muted); }
.legend span { display: inline-block; margin-right: 14px; white-space: nowrap; }
.legend b { font-weight: 600; color: var(--text); }
.legend i { display: inline-block; width: 10px; height: 3px; margin-right: 6px; vertical-align: middle; background: currentColor; }
.c-equity { color: var(--equity); } .c-benchmark { color: var(--benchmark); }
.chart { position: relative; width: 100%; }
#equity-chart { height: 420px; }
#price-chart { height: 360px; }
.print-chart { display: none; }
.strip { position: relative; height: 30px; margin-top: 2px; }
.strip-plot { position: absolute; top: 0; left: 0; bottom: 0; width: 100%; overflow: hidden; }
.block { position: absolute; top: 8px; height: 20px; border-right: 1px solid var(--bg); font-size: 11px; line-height: 20px; text-align: center; overflow: hidden; color: var(--text); }
.block span { display: block; overflow: hidden; white-space: nowrap; }
.block.narrow span { visibility: hidden; }
.block.odd { background: var(--odd); }
.block.even { background: var(--even); }
.block.inherited { background: var(--line); }
.block.open { color: var(--muted); background: repeating-linear-gradient(45deg, var(--panel), var(--panel) 5px, var(--line) 5px, var(--line) 6px); }
.mark { position: absolute; top: 0; width: 13px; height: 30px; margin: 0 0 0 -7px; padding: 0; border: 0; background: none; cursor: help; }
.mark::before { content: ""; position: absolute; left: 5.5px; top: 6px; width: 2px; height: 24px; background: var(--mark); }
.mark::after { content: ""; position: absolute; left: 2px; top: 0; width: 9px; height: 9px; border-radius: 50%; background: var(--mark); border: 1px solid var(--bg); }
.mark.failed::after { border-radius: 0; transform: rotate(45deg); }
.mark.stopped { --mark: var(--stopped); } .mark.failed { --mark: var(--loss); } .mark.resumed { --mark: var(--equity); } .mark.branched { --mark: var(--muted); }
.block:focus-visible, .mark:focus-visible, button:focus-visible, th:focus-visible { outline: 2px solid var(--equity); outline-offset: -1px; }
.key { display: inline-block; position: static; width: 12px; height: 12px; margin: 0; border: 0; vertical-align: -2px; cursor: default; }
.key.mark { position: relative; width: 13px; height: 10px; }
.key.mark::before { display: none; }
.keys { white-space: nowrap; margin-left: 10px; }
#tip { position: absolute; z-index: 10; max-width: min(420px, calc(100vw - 24px)); padding: 7px 11px; border: 1px solid var(--line); background: var(--bg); color: var(--text); font-size: 13px; white-space: pre-line; overflow-wrap: anywhere; pointer-events: none; box-shadow: 0 3px 12px rgba(0, 0, 0, 0.16); }
#tip[hidden] { display: none; }
details { margin: 8px 0; font-size: 14px; }
summary { cursor: pointer; color: var(--muted); }
details ol, details ul { margin: 8px 0; padding-left: 34px; overflow-wrap: anywhere; }
pre { margin: 8px 0; padding: 12px 16px; background: var(--panel); white-space: pre-wrap; }
table { border-collapse: collapse; font-size: 13.5px; }
th { font-weight: 500; text-align: left; }
td, th { padding: 4px 10px; border-bottom: 1px solid var(--line); vertical-align: top; }
.scroll { overflow-x: auto; max-width: 100%; }
.returns { width: 100%; }
.returns td, .returns thead th:not(:first-child) { text-align: right; padding: 4px 6px; }
.returns thead th { white-space: nowrap; color: var(--muted); font-weight: 400; }
.returns .up { background: color-mix(in srgb, var(--gain) var(--strength), transparent); }
.returns .down { background: color-mix(in srgb, var(--loss) var(--strength), transparent); }
.returns .total { font-weight: 600; }
.groups { columns: 2; column-gap: 40px; }
.group { width: 100%; margin: 0 0 22px; break-inside: avoid; }
.group caption { text-align: left; font-weight: 650; padding: 2px 0 4px; }
.group th, .group td { padding-left: 0; }
.group td { text-align: right; padding-right: 0; white-space: nowrap; }
.definition { display: block; color: var(--muted); font-size: 12px; line-height: 1.4; font-weight: 400; }
.rows { width: 100%; }
.rows td, .rows th { white-space: nowrap; }
.rows thead th { color: var(--muted); }
.rows .number { text-align: right; }
.rows th button { padding: 0; border: 0; background: none; color: inherit; font: inherit; cursor: pointer; }
.rows th.numeric { text-align: right; }
.rows tr.chosen td { background: var(--panel); font-weight: 600; }
.pager { display: flex; align-items: center; gap: 10px; margin: 8px 0; font-size: 13px; color: var(--muted); }
.pager button { height: 30px; padding: 0 12px; border: 1px solid var(--line); background: var(--bg); color: var(--text); font: inherit; cursor: pointer; }
.pager button:disabled { opacity: 0.4; cursor: default; }
.plain td:last-child { text-align: right; }
.provenance td:last-child { text-align: left; overflow-wrap: anywhere; }
.provenance th { white-space: nowrap; color: var(--muted); font-weight: 400; }
footer { margin-top: 44px; padding-top: 12px; border-top: 1px solid var(--line); color: var(--muted); font-size: 12px; }
@media (max-width: 860px) { .tiles { grid-template-columns: repeat(2, 1fr); } .groups { columns: 1; } }
@media (max-width: 560px) {
  main { padding: 18px 14px 36px; }
  h1 { font-size: 22px; }
  .tile { padding: 9px 11px; } .tile .value { font-size: 17px; }
  #equity-chart { height: 340px; } #price-chart { height: 280px; }
  .provenance th, .provenance td { display: block; padding: 3px 0; } .provenance th { border: 0; padding-top: 8px; }
}
@media print {
  main { max-width: none; padding: 0; }
  body { font-size: 12px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .chart, .tools, .pager, #tip { display: none; }
  .print-chart { display: block; width: 100%; }
  .scroll { overflow: visible; }
  .rows { font-size: 10px; } .returns { font-size: 10.5px; } .rows td, .rows th { padding: 2px 5px; white-space: normal; }
  .groups { columns: 2; } .group th { font-size: 11px; } .definition { font-size: 10px; } #equity, #price { break-inside: avoid; } h2, h3, .chart-head { break-after: avoid; } tr, .tile { break-inside: avoid; }
  .tiles { grid-template-columns: repeat(5, 1fr); } .tile .value { font-size: 15px; }
}
`;
