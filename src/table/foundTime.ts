/** What the search for the time of rows knows, and what it finds. */
import type { Body } from "./body.ts";
import type { DateOrder } from "./dateParts.ts";
import type { Marks } from "./marks.ts";
import type { Report } from "./report.ts";
import type { Scan } from "./scan.ts";
import type { TimeForm } from "./showTime.ts";

/** The times of the rows as the table has them, in the order of its rows. */
export interface FoundTime extends TimeForm {
  columns: number[];
  wall: Float64Array;
  /** Minutes east of UTC; undefined where the table does not say */
  offsets: Float64Array | undefined;
}

export interface Search {
  body: Body;
  scans: readonly Scan[];
  marks: Marks;
  report: Report;
  order: DateOrder | undefined;
}
