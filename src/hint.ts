/** What errors add about a name that is unknown, where an entry has brought that. */
import { bringRest } from "./rest.ts";

/** `, did you mean "units"?`, or a sentence, or nothing. */
export type Hint = (name: string, candidates: readonly string[]) => string;

let hint: Hint = () => "";

export function registerHint(given: Hint): void {
  hint = given;
}

export const hintFor: Hint = (name, candidates) => {
  bringRest();
  return hint(name, candidates);
};
