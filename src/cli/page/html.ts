/** Pieces of a page. Every text comes through here: names of columns and words of cells are untrusted. */
import { escaped } from "../../curves/markup.ts";

/** HTML that is whole and safe as it stands. */
export type Html = string & { readonly html: unique symbol };

/** A template whose texts are escaped, and whose parts of HTML stay. */
export function html(parts: TemplateStringsArray, ...values: (string | number | Html[])[]): Html {
  const shown = values.map(value => (Array.isArray(value) ? value.join("\n") : escaped(String(value))));
  return parts.reduce((all, part, i) => all + shown[i - 1] + part) as Html;
}

/** Pieces of HTML that stay as they are. */
export const join = (...pieces: Html[]): Html => pieces.join("\n") as Html;

/** A table; columns whose numbers are in `right` stand at their right. */
export function tableOf(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[],
): Html {
  const cells = (tag: string, row: readonly string[]) =>
    row.map((cell, i) => `<${tag}${right.includes(i) ? ' class="number"' : ""}>${escaped(cell)}</${tag}>`).join("");
  const body = rows.map(row => `<tr>${cells("td", row)}</tr>`).join("\n");
  return `<div class="wide"><table><thead><tr>${cells("th", heads)}</tr></thead>\n<tbody>${body}</tbody></table></div>` as Html;
}

/** A list, a line for each text. */
export const listOf = (lines: readonly string[]): Html =>
  `<ul>${lines.map(line => `<li>${escaped(line)}</li>`).join("\n")}</ul>` as Html;

export const section = (title: string, ...pieces: Html[]): Html =>
  html`<section><h2>${title}</h2>
${pieces}
</section>`;

/** A remark. */
export const remark = (text: string): Html => html`<p class="quiet">${text}</p>`;
