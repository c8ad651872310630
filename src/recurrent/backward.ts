/** The backward halves of recurrence, for those who train. */
import { recurrentBackward } from "./run/overSequences.ts";

export const RECURRENT_BACKWARD = [recurrentBackward];
