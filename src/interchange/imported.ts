/** What the formats have in common: a model of what was read, and errors that name who read it. */
import type { Blueprint } from "../formats/blueprint.ts";
import { expectBytes } from "../formats/safetensors.ts";
import { type LoadOptions, modelFrom } from "../models/load.ts";
import type { Model } from "../models/model.ts";

/**
 * Reads a file, and says in its errors who did.
 *
 * @param caller the function that users call
 * @param bytes what they gave
 * @throws TypeError for what are no bytes, RangeError for anything that is not right in them
 */
export function reading<T>(caller: string, bytes: unknown, read: (bytes: Uint8Array) => T): T {
  const own = expectBytes(bytes);
  return within(caller, () => {
    if (own.length === 0) throw new RangeError("an empty file; saving or downloading it failed, do it again");
    return read(own);
  });
}

/**
 * Says in errors which function of the user's they come from, or which layer.
 *
 * @param said how messages begin that say it already
 */
export function within<T>(caller: string, work: () => T, said = caller): T {
  try {
    return work();
  } catch (error) {
    const { message, name } = error as Error;
    const Kind = name === "TypeError" ? TypeError : RangeError;
    throw new Kind(message.startsWith(said) ? message : `${caller}: ${message}`, { cause: error });
  }
}

/** A model of what was read. */
export function importedModel(blueprint: Blueprint, options: LoadOptions, caller: string): Model {
  return modelFrom(blueprint, options, caller);
}
