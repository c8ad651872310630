import type { Kind } from "../../activations.ts";
import { frameWords } from "../../engine/frame.generated.ts";
import type { Arena } from "../../engine/memory.ts";

/** Words of a frame, by name: see assembly/recurrent/frame.ts for what each means. */
export type Frame = { [Word in Exclude<keyof typeof frameWords, Activated>]?: number } & { [Word in Activated]?: Kind };

/** Words whose numbers may be those of a hard sigmoid: kernels get the address of two more words. */
type Activated = "activation" | "recurrentActivation" | "cellActivation";

const NAMES = Object.keys(frameWords) as (keyof Frame)[];
const INDEX = Object.fromEntries(NAMES.map((name, i) => [name, i])) as Record<keyof Frame, number>;

/** Room for a frame. */
export const FRAME_ELEMENTS = NAMES.length;

/** The index in `memory.ints` of a word of a frame. */
function wordOf(pointer: number, word: keyof Frame): number {
  return (pointer >>> 2) + INDEX[word];
}

/** A pointer to it, for kernels that write it. */
export function pointerOf(pointer: number, word: keyof Frame): number {
  return pointer + 4 * INDEX[word];
}

/** Changes some words of a frame. */
export function setWords(memory: Arena, pointer: number, words: Frame): void {
  memory.write(({ ints, floats }) => {
    for (const name in words) {
      const word = name as keyof Frame;
      const value = words[word] as number | readonly [number, number];
      if (typeof value === "object") {
        const slope = `${word as Activated}Slope` as const;
        floats.set(value, wordOf(pointer, slope));
        ints[wordOf(pointer, word)] = pointerOf(pointer, slope);
      } else (frameWords[word] === "f32" ? floats : ints)[wordOf(pointer, word)] = value;
    }
  });
}

/** Writes a frame where kernels can read it: the words of all parts, later ones over earlier ones, the others 0. */
export function writeFrame(memory: Arena, pointer: number, ...parts: readonly Frame[]): void {
  memory.write(({ ints }) => {
    ints.fill(0, pointer >>> 2, (pointer >>> 2) + FRAME_ELEMENTS);
  });
  for (const words of parts) setWords(memory, pointer, words);
}
