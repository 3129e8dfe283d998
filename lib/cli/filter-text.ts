/** A list's filters as they are typed, for the command that goes on where a page ended. */
export function filterText(filters: { readonly [name: string]: string }): string {
  return Object.entries(filters)
    .map(([name, value]) => ` --${name} ${/^[\w.:-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`}`)
    .join("");
}
