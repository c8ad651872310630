/** This package's own files: weights and optimizer state as safetensors, everything else as JSON in their metadata. */

import { isObject } from "../isObject.ts";
import { describe } from "../ndarray.ts";
import type { Bytes } from "../typedArray.ts";
import type { Blueprint, GraphConfig, Numbers } from "./blueprint.ts";
import { bad } from "./errors.ts";
import type { Other } from "./recognize.ts";
import { decodeSafetensors, encodeSafetensors, expectBytes } from "./safetensors.ts";

let recognize: ((bytes: Uint8Array) => Other | undefined) | undefined;

/** Lets errors name files of other programs. */
export function registerRecognizer(given: (bytes: Uint8Array) => Other | undefined): void {
  recognize = given;
}

const FORMAT = "wasm-lstm/1";
const SLOTS = "optimizer/";

/** The bytes of a file. */
export function encodeOwn(blueprint: Blueprint): Bytes {
  const { graph, weights, seed, compile, slots, progress, scaling, metadata } = blueprint;
  const config = { seed, ...graph, scaling, compile, progress, metadata };
  const tensors = [
    ...[...weights].map(([name, numbers]) => ({ name, ...numbers })),
    ...[...slots].map(([name, numbers]) => ({ name: `${SLOTS}${name}`, ...numbers })),
  ];
  return encodeSafetensors(tensors, { format: FORMAT, model: JSON.stringify(config) });
}

/** A weight's path has at least a layer and a name: an optimizer's numbers are known by their four parts or more. */
const isSlot = (name: string): boolean => name.startsWith(SLOTS) && name.split("/").length > 3;

/**
 * A model from the bytes of a file. Its parts are as the file has them: whoever builds a model of it checks them.
 *
 * @throws TypeError or RangeError with one clear sentence for anything that is not such a file
 */
export function decodeOwn(bytes: Uint8Array): Blueprint {
  const own = expectBytes(bytes);
  const other = recognize?.(own);
  if (other) throw new RangeError(`model file: this is ${other.what}; ${other.remedy}`);
  const { tensors, metadata } = decodeSafetensors(own);
  if (metadata.format !== FORMAT) {
    throw new RangeError(
      `model file: expected a model saved by wasm-lstm (format "${FORMAT}"), got ${describe(metadata.format)}; ` +
        "weights of other programs have no architecture to read",
    );
  }
  const { seed, scaling, compile, progress, metadata: notes, ...graph } = parse(metadata.model);
  const weights = new Map<string, Numbers>();
  const slots = new Map<string, Numbers>();
  for (const [name, numbers] of tensors) {
    if (isSlot(name)) slots.set(name.slice(SLOTS.length), numbers);
    else weights.set(name, numbers);
  }
  return { graph, weights, seed, compile, slots, progress, scaling, metadata: notes };
}

function parse(text: string): GraphConfig & Omit<Blueprint, "graph" | "weights" | "slots"> {
  try {
    const config = JSON.parse(text);
    if (isObject(config)) return config as ReturnType<typeof parse>;
  } catch {}
  return bad("its architecture is not JSON");
}
