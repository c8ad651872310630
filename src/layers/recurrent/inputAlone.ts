/** Layers whose gates do not see the hidden state: what their options have in common. */
import { describe } from "../../ndarray.ts";
import { titleOf } from "../layer.ts";
import { expectRecurrentOptions, type RecurrentLayerOptions, type RecurrentOptions } from "./options.ts";

export type InputAloneOptions = Omit<RecurrentOptions, "recurrentInitializer" | "recurrentDropout">;

/** Checks and completes the shared options; without `recurrentInitializer`, which says that there is no recurrentKernel. */
export function expectInputAloneOptions(
  options: InputAloneOptions,
  kind: string,
  own: readonly string[],
): RecurrentLayerOptions {
  const { recurrentInitializer: _none, ...shared } = expectRecurrentOptions(options, kind, own);
  const { recurrentInitializer } = options as RecurrentOptions;
  if (recurrentInitializer !== undefined) {
    throw new RangeError(
      `${titleOf(options, kind)} recurrentInitializer: expected none, since the gates do not see the hidden state and there is no ` +
        `recurrentKernel, got ${describe(recurrentInitializer)}; leave it out`,
    );
  }
  return shared;
}
