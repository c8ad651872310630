/** Times as text: in ISO 8601, as fine as the table has them, with its offset. */
import { PRECISIONS, type Precision } from "./dateParts.ts";

/** How a table writes its times. */
export interface TimeForm {
  precision: Precision;
  /** Between date and time of day */
  separator: "T" | " ";
  /** Whether the offset from UTC is written */
  hasOffset: boolean;
}

/**
 * @param wall on the clock of the place, in milliseconds
 * @param offset minutes east of UTC
 */
export function showWall(wall: number, offset: number, { precision, separator, hasOffset }: TimeForm): string {
  const iso = new Date(wall).toISOString();
  const year = iso.slice(0, -20);
  if (precision === "year") return year;
  if (precision === "quarter") return `${year}Q${Math.floor(new Date(wall).getUTCMonth() / 3) + 1}`;
  const length = { month: 7, day: 10, minute: 16, second: 19, millisecond: 23 }[precision];
  const text = iso.slice(0, iso.length - 24 + length);
  if (PRECISIONS.indexOf(precision) < PRECISIONS.indexOf("minute")) return text;
  return text.replace("T", separator) + (hasOffset ? showOffset(offset) : "");
}

function showOffset(minutes: number): string {
  if (minutes === 0) return "Z";
  const two = (n: number) => String(Math.floor(n)).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(size / 60)}:${two(size % 60)}`;
}
