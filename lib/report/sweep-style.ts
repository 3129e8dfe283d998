/** What only the report of a sweep has. */
export const sweepStyle = `
.tile .value.small { font-size: 15px; line-height: 1.9; }
.tile.wide { grid-column: span 2; }
@media screen { #windows .rows, #lanes .rows { font-size: 13px; } #windows .rows :is(td, th), #lanes .rows :is(td, th) { padding: 4px 7px; } }
.sentences { margin: 0; padding-left: 20px; max-width: 860px; }
.sentences li { margin: 8px 0; }
.sources th { white-space: normal; } .sources td { white-space: nowrap; }
.plot .in { fill: var(--odd); opacity: 0.75; } .plot .won { fill: var(--gain); } .plot .lost { fill: var(--loss); } .plot .none { fill: var(--muted); }
.legend :is(.key-in, .key-gain, .key-loss, .key-none) { height: 10px; vertical-align: -1px; }
.key-in { color: var(--odd); } .key-gain { color: var(--gain); } .key-loss { color: var(--loss); } .key-none { color: var(--muted); }
.plot .diagonal { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 5 4; }
.point { position: absolute; width: 11px; height: 11px; margin: 0 0 -5.5px -5.5px; border-radius: 50%; background: var(--c0); border: 1.5px solid var(--bg); }
.point.other { background: transparent; border-color: var(--c0); opacity: 0.55; }
#scatter-plot { max-width: 760px; margin-bottom: 30px; }
.choices { display: flex; flex-wrap: wrap; gap: 6px 18px; margin: 8px 0; font-size: 13px; color: var(--muted); }
.choices label { display: inline-flex; align-items: center; gap: 6px; }
.choices select { max-width: 290px; height: 30px; padding: 0 6px; border: 1px solid var(--line); background: var(--bg); color: var(--text); font: inherit; }
#map { max-width: 100%; overflow: hidden; }
#map table { width: 100%; table-layout: fixed; border-collapse: separate; border-spacing: 1px; font-size: 12px; }
#map td { height: 26px; padding: 0; border: 0; text-align: center; vertical-align: middle; overflow: hidden; white-space: nowrap; }
#map .dense td { height: 15px; } #map .dense th { line-height: 1; font-size: 11px; }
#map td.none { background: var(--panel); }
#map td.holds { box-shadow: inset 0 0 0 2px var(--bg), inset 0 0 0 4px var(--text); }
#map th { padding: 2px 6px 2px 0; border: 0; color: var(--muted); font-weight: 400; text-align: right; white-space: nowrap; overflow: visible; }
#map th:first-child { width: 60px; overflow: hidden; }
#map tr:last-child th:not(:first-child) { padding: 4px 0 0; text-align: center; }
#map th.corner { padding-top: 4px; text-align: left; overflow: visible; white-space: normal; line-height: 1.2; }
.map-legend { display: flex; align-items: center; gap: 8px; margin: 4px 0 10px 60px; font-size: 12px; color: var(--muted); }
.map-legend i { width: 140px; height: 10px; background: linear-gradient(to right, rgb(68, 1, 84), rgb(59, 82, 139), rgb(33, 145, 140), rgb(94, 201, 98), rgb(253, 231, 37)); }
.map-best { margin-left: auto; }
.parameters td, .parameters th { vertical-align: middle; white-space: nowrap; } .parameters td:last-child { text-align: left; }
.parameters thead th { color: var(--muted); }
.bar { display: inline-block; width: 70px; height: 9px; background: linear-gradient(to right, var(--c0) var(--share), var(--line) var(--share)); }
.spark { display: inline-flex; align-items: center; gap: 8px; color: var(--muted); font-size: 12px; }
.spark svg { width: 150px; height: 28px; overflow: visible; } .spark path { fill: none; stroke: var(--c0); stroke-width: 1.6; vector-effect: non-scaling-stroke; }
.failures td { overflow-wrap: anywhere; }
.spreads th[scope="row"] { font-weight: 500; width: 30%; }
@media (max-width: 560px) { #map th:first-child { width: 44px; } .map-legend { margin-left: 44px; flex-wrap: wrap; } .choices select { max-width: 190px; } }
@media print { .choices { display: none; } .legend { break-after: avoid; } .map-frame, #ribbon { break-inside: avoid; } h2 + .note { break-after: avoid; } #windows td:nth-child(-n + 3), #lanes td:nth-child(2) { white-space: nowrap; } #map td, .point, .bar, .plot rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;
