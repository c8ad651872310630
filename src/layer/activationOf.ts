import type { Layer } from "./layer.ts";

/** Whether a layer's arithmetic is its user's own, so that nothing is known of it. */
export const isOwn = (layer: Layer): boolean => layer.usersOwn !== undefined || layer.toJSON().custom === true;

/** The activation, or the op, that a layer ends with, as far as that is known; else "". */
export function activationOf(of: Layer | undefined): string {
  const { activation, op, layer } = (of?.options ?? {}) as { activation?: string; op?: string; layer?: Layer };
  const found = activation ?? op ?? (layer && activationOf(layer));
  return of && found && !isOwn(of) ? found : "";
}
