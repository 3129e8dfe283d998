/** The style of plots that are SVG in the page; eight colours that are told apart in light, in dark and on paper. */
export const plotStyle = `
:root { --c0: #1f5fbf; --c1: #c2570c; --c2: #14734f; --c3: #8b3fa8; --c4: #b8332f; --c5: #0e7c86; --c6: #8a6d00; --c7: #5c6875; --c8: #d0407f; --c9: #4a4fc4; --band: rgba(31, 95, 191, 0.06); }
@media screen and (prefers-color-scheme: dark) { :root { --c0: #78aaf2; --c1: #f0a05c; --c2: #5cc79a; --c3: #c893e0; --c4: #f0837d; --c5: #5fc9d3; --c6: #d9bd54; --c7: #98a4b2; --c8: #f08bb8; --c9: #9fa3f5; --band: rgba(120, 170, 242, 0.07); } }
.plot { display: grid; grid-template-columns: 68px minmax(0, 1fr); grid-template-rows: var(--height) 26px; margin: 4px 0 14px; font-size: 12px; color: var(--muted); break-inside: avoid; }
.plot-area { position: relative; border-left: 1px solid var(--line); border-bottom: 1px solid var(--line); touch-action: pan-y; }
.plot-area svg { display: block; width: 100%; height: 100%; }
.plot-y { position: relative; }
.plot-y span { position: absolute; right: 8px; transform: translateY(50%); white-space: nowrap; line-height: 1; }
.plot-x { grid-column: 2; position: relative; }
.plot-x span { position: absolute; top: 6px; transform: translateX(-50%); white-space: nowrap; line-height: 1.2; }
.plot-x em { position: absolute; top: 24px; right: 0; font-style: normal; }
.plot-y em { position: absolute; top: -20px; left: 0; white-space: nowrap; font-style: normal; }
.plot path, .plot line { vector-effect: non-scaling-stroke; fill: none; }
.plot .grid { stroke: var(--line); stroke-width: 1; }
.plot .zero { stroke: var(--muted); stroke-width: 1; }
.plot .line { stroke-width: 1.6; stroke-linejoin: round; }
.plot .area { opacity: 0.16; stroke: none; }
.plot .band-0 { fill: var(--band); } .plot .band-1 { fill: none; pointer-events: all; }
${Array.from({ length: 10 }, (_, i) => `.plot .s-${i} { stroke: var(--c${i}); } .plot .area.f-${i} { fill: var(--c${i}); } .l-${i} { color: var(--c${i}); }`).join("\n")}
.cross { position: absolute; top: 0; bottom: 0; width: 1px; background: var(--muted); pointer-events: none; }
.cross[hidden] { display: none; }
@media (max-width: 560px) { .plot { grid-template-columns: 52px minmax(0, 1fr); font-size: 11px; } .plot-x span:nth-child(even) { display: none; } }
`;
