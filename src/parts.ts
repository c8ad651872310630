/** Work that can stop between its parts. Whoever runs it says what is done there: nothing, or what waits, with turns of the event loop. */

export type InParts<Result> = Generator<void, Result, void>;

/** Does all parts at once. */
export function finish<Result>(work: InParts<Result>): Result {
  let part = work.next();
  while (!part.done) part = work.next();
  return part.value;
}
