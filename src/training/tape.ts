import { type BackwardHalves, Tape } from "../autograd.ts";
import type { Arena } from "../engine/memory.ts";
import { OPS_BACKWARD } from "../ops/backward.generated.ts";
import { RECURRENT_BACKWARD } from "../recurrent/backward.ts";

let halves: BackwardHalves | undefined;

/** A tape for every op there is. It lives here, so that what does not train brings no backward halves along. */
export function newTape(memory: Arena): Tape {
  halves ??= new Map([...OPS_BACKWARD, ...RECURRENT_BACKWARD].map(({ key, run }) => [key, run]));
  return new Tape(memory, halves);
}
