import { frameWords } from "../../engine/frame.generated.ts";
import type { Memory } from "../../engine/memory.ts";

/** A frame, by name: see assembly/recurrent/frame.ts for what each word means. Missing ones are 0. */
export type Frame = { [Word in keyof typeof frameWords]?: number };

const WORDS = Object.entries(frameWords) as [keyof Frame, "i32" | "usize" | "f32"][];

/** Room for a frame. */
export const FRAME_ELEMENTS = WORDS.length;

/** Writes a frame where kernels can read it. */
export function writeFrame({ ints, floats }: Memory, pointer: number, frame: Frame): void {
  WORDS.forEach(([word, type], i) => {
    (type === "f32" ? floats : ints)[(pointer >> 2) + i] = frame[word] ?? 0;
  });
}

/** The index in `memory.ints` of a word of a frame. */
export function wordOf(pointer: number, word: keyof Frame): number {
  return (pointer >> 2) + WORDS.findIndex(([name]) => name === word);
}
