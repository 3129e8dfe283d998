/** One column of a table: its heading and which way its cells lean. */
export type TextColumn = { readonly heading: string; readonly align: "left" | "right" };

export function left(heading: string): TextColumn {
  return { heading, align: "left" };
}

export function right(heading: string): TextColumn {
  return { heading, align: "right" };
}

/** Rows under their headings, two spaces between columns, without trailing spaces. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ heading }, c) => Math.max(heading.length, ...rows.map((row) => (row[c] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, c) => {
        const [cell, width] = [cells[c] ?? "", widths[c] ?? 0];
        return align === "left" ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd();
  return [line(columns.map(({ heading }) => heading)), ...rows.map(line)].join("\n");
}

/** Names with their values, one a line, the values under each other, indented by two spaces. */
export function nameList(entries: readonly (readonly [name: string, value: string] | undefined)[]): string {
  const given = entries.filter((entry) => entry !== undefined);
  const width = Math.max(0, ...given.map(([name]) => name.length));
  return given
    .map(([name, value]) =>
      `  ${name.padEnd(width)}  ${value.replaceAll("\n", `\n${" ".repeat(width + 4)}`)}`.trimEnd(),
    )
    .join("\n");
}
