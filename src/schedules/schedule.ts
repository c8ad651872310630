/** A learning rate that changes from step to step. */
export interface Schedule {
  /** Under which it is saved, and found again */
  readonly name: string;
  /**
   * The rate of a step: a function of its number alone, so that resumed training goes on as if it had never stopped.
   *
   * @param step 0 for the first since `compile`; files that hold the optimizer go on counting
   */
  at(step: number): number;
  /** What makes the schedule again; plain JSON. */
  toJSON(): { name: string; options: object };
}
