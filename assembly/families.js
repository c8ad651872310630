// Cuts the one module of all kernels into families of functions, which src/engine/link.ts puts together again: a model gets a module
// with the families of its layers. Functions keep their numbers, so their bytes are the same in every module that is put together.
import binaryen from "binaryen";

/** Kernels by what needs them; all others are the base. */
const FAMILIES = {
  arithmetic: /^(arithmetic|exp)(Forward|Backward)$/,
  attention: /^attention/,
  batchNorm: /^batchNorm/,
  ctc: /^ctc/,
  gru: /^gru/,
  indRnn: /^indRnn/,
  layerNorm: /^(layerNorm(Forward|Backward)$|normalizedGates)/,
  layerNormGru: /^layerNormGru/,
  layerNormLstm: /^layerNormLstm/,
  losses: /^(pointwise(?!Smooth)|cosineSimilarity|categoricalFocal|quantile|gaussianNll|huber|logCosh)/,
  lstm: /^lstm(Forward|Backward|Step)$/,
  lstmVariants: /^lstm(Variant|Coupled|Projected)/,
  mLstm: /^mLstm/,
  minimal: /^min(Gru|Lstm)/,
  missing: /^missing/,
  moreActivations: /^(moreActivation|prelu)/,
  optimizers: /^(adadelta|adagrad|adamax|lion|nadam)$/,
  peak: /^multiplyAddPeak$/,
  sLstm: /^sLstm/,
  simpleRnn: /^simpleRnn/,
  pooling: /^(pool|stepMean|highestStep)/,
  tensors: /^(addStrided|copyStrided|batched|unary|highest(Forward|Backward)|logSoftmax|where)/,
};

/** Families that come with others, whose functions they call. */
const PARENTS = {
  ctc: ["losses"],
  layerNormGru: ["layerNorm", "gru"],
  layerNormLstm: ["layerNorm"],
  tensors: ["arithmetic"],
};

/** @param {string} family @returns {string[]} those that it comes with, beside the base */
export const parentsOf = family => PARENTS[family] ?? [];

/** @param {string} family @returns {string[]} all that it comes with, from the base to itself */
export function lineOf(family) {
  return family === "base" ? ["base"] : [...new Set(["base", ...parentsOf(family).flatMap(lineOf), family])];
}

/** @param {string} kernel @returns {string} the family that it belongs to */
export function familyOf(kernel) {
  return Object.keys(FAMILIES).find(name => FAMILIES[name].test(kernel)) ?? "base";
}

/** The names of all families but the base. */
export const familyNames = Object.keys(FAMILIES);

/** An unsigned number as WebAssembly writes it. */
export function leb(value) {
  const bytes = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}

/** Reads a module from its beginning. */
class Reader {
  at = 8;

  constructor(bytes) {
    this.bytes = bytes;
  }

  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  take(size) {
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }
}

/**
 * @param {Uint8Array} wasm a module without data, tables and imported functions
 * @returns {{ prefix: Uint8Array, bodies: Uint8Array[], exports: { name: string, index: number }[] }} its sections before the
 *   exports, its functions, each with its size before it, and its exports
 */
export function parts(wasm) {
  const reader = new Reader(wasm);
  let prefix = wasm.subarray(0, 8);
  const bodies = [];
  const exports = [];
  while (reader.at < wasm.length) {
    const start = reader.at;
    const section = reader.take(1)[0];
    const end = reader.number() + reader.at;
    if (section === 7) {
      for (let left = reader.number(); left > 0; left--) {
        const name = new TextDecoder().decode(reader.take(reader.number()));
        const [kind] = reader.take(1);
        const index = reader.number();
        if (kind === 0) exports.push({ name, index });
      }
    } else if (section === 10) {
      for (let left = reader.number(); left > 0; left--) {
        const begin = reader.at;
        reader.take(reader.number());
        bodies.push(wasm.subarray(begin, reader.at));
      }
    } else if ([1, 2, 3, 6].includes(section)) {
      if (start !== prefix.length) throw new Error("families: expected exports and code to be the last sections");
      prefix = wasm.subarray(0, end);
    } else
      throw new Error(`families: expected types, functions, globals, exports and code alone, got section ${section}`);
    reader.at = end;
  }
  return { prefix, bodies, exports };
}

/** @param {Uint8Array} wasm @returns {number[][]} by function, the functions that it calls */
export function callsOf(wasm) {
  const module = binaryen.readBinary(wasm);
  module.setFeatures(binaryen.Features.All);
  const functions = module
    .emitText()
    .split(/\n(?= \(func )/)
    .slice(1);
  module.dispose();
  return functions.map((text, i) => {
    if (!text.startsWith(` (func $${i} `))
      throw new Error(`families: expected function ${i}, got ${text.slice(0, 40)}`);
    return [...text.matchAll(/\(call \$(\d+)/g)].map(([, index]) => Number(index));
  });
}

/** By function, the family that brings it: of those that call it, or the last that all of them come with. */
function owners(wasm, exports, familyOf) {
  const calls = callsOf(wasm);
  const lines = calls.map(() => undefined);
  const walk = (index, line, seen) => {
    if (seen.has(index)) return;
    seen.add(index);
    lines[index] = lines[index]?.filter(family => line.includes(family)) ?? line;
    for (const called of calls[index]) walk(called, line, seen);
  };
  for (const { name, index } of exports) walk(index, lineOf(familyOf(name)), new Set());
  return lines.map(line => line?.at(-1));
}

/**
 * @param {Uint8Array} wasm all kernels
 * @param {(kernel: string) => string} [family] of a kernel, where it is another than usual
 * @returns {Map<string, number[]>} by family its bytes: [gap before the function's number, function with its size]*, exports. Those of
 *   the base begin with the size and the bytes of all sections before the exports, and the number of functions.
 */
export function cut(wasm, family = familyOf) {
  const { prefix, bodies, exports } = parts(wasm);
  const owner = owners(wasm, exports, family);
  const familyBytes = wanted => {
    const own = bodies.flatMap((body, i) => (owner[i] === wanted ? [{ i, body }] : []));
    const names = exports.filter(({ name }) => family(name) === wanted);
    return [
      ...leb(own.length),
      ...own.flatMap(({ i, body }, n) => [...leb(i - (n > 0 ? own[n - 1].i + 1 : 0)), ...body]),
      ...leb(names.length),
      ...names.flatMap(({ name, index }) => [...leb(name.length), ...new TextEncoder().encode(name), 0, ...leb(index)]),
    ];
  };
  const base = [...leb(prefix.length), ...prefix, ...leb(bodies.length), ...familyBytes("base")];
  const others = [...new Set(exports.map(({ name }) => family(name)))].filter(name => name !== "base").sort();
  return new Map([["base", base], ...others.map(name => [name, familyBytes(name)])]);
}
