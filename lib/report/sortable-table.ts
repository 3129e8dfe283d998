import { type Html, html } from "./html.ts";

/** The head of a table whose columns `tablesScript` makes sortable. */
export function sortableHead(names: readonly string[]): Html {
  return html`<thead><tr>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>`;
}

/** A cell with the number that it is sorted by. */
export function numberCell(value: number | null, text: string, tone = ""): Html {
  return html`<td class="number ${tone}" data-v="${value}">${text}</td>`;
}
