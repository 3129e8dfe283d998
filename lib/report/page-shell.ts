import { Html, html } from "./html.ts";
import { pageStyle } from "./page-style.ts";

export type PageParts = {
  readonly title: string;
  /** Added to the style that all pages have. */
  readonly style: string;
  readonly body: Html;
  /** Plain JavaScript, run in this order at the end of the page; before it stands `data`, JSON that `document.getElementById("report-data")` gives. */
  readonly data?: Html;
  readonly scripts: readonly string[];
};

/** One HTML page that loads nothing else: its policy forbids it to. */
export function pageShell({ title, style, body, data, scripts }: PageParts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Backstitch">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Html(pageStyle + style)}</style>
</head>
<body>
<main>
${body}
</main>
<div id="tip" role="tooltip" hidden></div>
${
  data === undefined
    ? ""
    : html`<script type="application/json" id="report-data">${data}</script>
`
}${scripts.map(
  (script) => html`<script>${new Html(script)}</script>
`,
)}</body>
</html>
`.text;
}
