/** How far apart the rows of a table are. */
export interface Rhythm {
  /** "daily", "every 15 minutes", "monthly", "Monday to Friday"; for irregular rows "about 61 minutes apart" */
  readonly name: string;
  /** Whether the rows keep it */
  readonly isRegular: boolean;
  /** Steps that may be left out and are no gap, as holidays are where weekends have no rows */
  readonly tolerance: number;
  /** The time `n` steps after another, on the clock of the place */
  after(wall: number, n: number): number;
  /** Steps from one time to a later one: 1 where no row is missing between them */
  steps(from: number, to: number): number;
}
