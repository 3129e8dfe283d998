/** Plain JavaScript of the page: sorting and paging of tables. */
export const tablesScript = `
function pagedTable(table) {
  const body = table.tBodies[0];
  const size = Number(table.dataset.page);
  let rows = [...body.rows];
  let page = Math.max(0, Math.floor(rows.findIndex((row) => row.classList.contains("chosen")) / size));
  const pager = document.createElement("div");
  pager.className = "pager";
  pager.innerHTML = '<button type="button">Previous</button><span aria-live="polite"></span><button type="button">Next</button>';
  const [back, text, on] = pager.children;
  const show = () => {
    const pages = Math.ceil(rows.length / size);
    page = Math.max(0, Math.min(pages - 1, page));
    body.replaceChildren(...rows.slice(page * size, (page + 1) * size));
    text.textContent = whole(page * size + 1) + " to " + whole(Math.min(rows.length, (page + 1) * size)) + " of " + whole(rows.length);
    back.disabled = page === 0;
    on.disabled = page === pages - 1;
  };
  back.addEventListener("click", () => { page -= 1; show(); });
  on.addEventListener("click", () => { page += 1; show(); });
  if (rows.length > size) table.parentElement.after(pager);
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    if (cell.dataset.v === undefined) return cell.textContent;
    return cell.dataset.v === "" ? -Infinity : Number(cell.dataset.v);
  };
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    if (rows[0].cells[column].dataset.v !== undefined) head.classList.add("numeric");
    button.addEventListener("click", () => {
      const direction = head.getAttribute("aria-sort") === "descending" ? 1 : -1;
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
      rows = [...rows].sort((a, b) => {
        const [x, y] = [valueOf(a, column), valueOf(b, column)];
        return x === y ? 0 : (x < y ? -1 : 1) * direction;
      });
      page = 0;
      show();
    });
  });
  show();
}
`;
