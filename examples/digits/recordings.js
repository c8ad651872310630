// The Free Spoken Digit Dataset, and what a network hears of a recording: the loudness of 40 bands of pitch, 100 times a second.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Meyda from "meyda";
import { standardScaler } from "wasm-lstm";
import { folderOf } from "../common.js";

const [RATE, WINDOW, HOP] = [8000, 256, 80];
export const BANDS = 40;
Object.assign(Meyda, { sampleRate: RATE, bufferSize: WINDOW, melBands: BANDS });

/** The samples of a wave file of 16 bits, one channel, from -1 to 1. */
function samplesOf(bytes) {
  const at = bytes.indexOf("data", 12, "latin1");
  const N = Math.min(bytes.readUInt32LE(at + 4), bytes.length - at - 8) >> 1;
  return Float32Array.from({ length: N }, (_, i) => bytes.readInt16LE(at + 8 + 2 * i) / 2 ** 15);
}

/** `{ digit, speaker, test, samples }` of every recording. The first five of each speaker and digit are for the test, officially. */
export function recordings() {
  const folder = folderOf(
    "0_jackson_0.wav",
    "https://github.com/Jakobovski/free-spoken-digit-dataset, folder recordings",
  );
  const files = readdirSync(folder).filter(file => /^\d_\w+_\d+\.wav$/.test(file));
  return files.sort().map(file => {
    const [digit, speaker, index] = file.replace(".wav", "").split("_");
    return {
      digit: Number(digit),
      speaker,
      index: Number(index),
      samples: samplesOf(readFileSync(join(folder, file))),
    };
  });
}

/** [T, 40]: the log of the loudness of each band; a millionth is as good as silence. */
export function hear(samples) {
  const T = Math.max(1, Math.floor((samples.length - WINDOW) / HOP) + 1);
  return Array.from({ length: T }, (_, t) => {
    const frame = new Float32Array(WINDOW);
    frame.set(samples.subarray(t * HOP, t * HOP + WINDOW));
    return Array.from(Meyda.extract("melBands", frame), power => Math.log(power + 1e-6));
  });
}

/** A scaler of sequences that may be of unequal length. */
export const scalerOf = sequences => standardScaler().fit(sequences.flat());
