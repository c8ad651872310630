/** What pictures and pages are written with. */

/** A text in XML or HTML, which has no control characters. */
export function escaped(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']|(?![\t\n])[\p{Cc}\p{Cs}\ufffe\uffff]/gu, letter => entities[letter] ?? "");
}

/** Hundredths of a pixel are enough. */
export const round = (value: number): string => String(Number(value.toFixed(2)));

export interface Place {
  x: number;
  y: number;
}

/** Lines through points; where one is missing, a new one begins. */
export function path(points: readonly Place[]): string {
  let drawing = false;
  return points
    .map(({ x, y }) => {
      const command = drawing ? "L" : "M";
      drawing = Number.isFinite(y);
      return drawing ? `${command}${round(x)} ${round(y)}` : "";
    })
    .join("");
}
