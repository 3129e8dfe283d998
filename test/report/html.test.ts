import { expect, test } from "vitest";
import { html, scriptJson } from "../../lib/report/html.ts";

test("values in markup are escaped, markup in markup is not", () => {
  const inner = html`<b>${`"a" < 'b' & c`}</b>`;
  expect(html`<p title="${`"`}">${inner}${[1, html`<i></i>`]}${null}</p>`.text).toBe(
    '<p title="&quot;"><b>&quot;a&quot; &lt; &#39;b&#39; &amp; c</b>1<i></i></p>',
  );
});

test("JSON in a script cannot end the script", () => {
  const { text } = scriptJson({ name: "</script><!--" });
  expect(text).not.toContain("<");
  expect(JSON.parse(text)).toEqual({ name: "</script><!--" });
});
