/** What an entry leaves for later: all else that the package has, which arrives when something is asked for that is not here yet. */
let bring: (() => void) | undefined;
let isHere = false;

/** @param given makes all of the package known, by `arrive`; called once, and again if it fails */
export function registerRest(given: () => void): void {
  bring = given;
}

/** Whether something was left for later. */
export const isLater = (): boolean => bring !== undefined;

/**
 * Brings what was left for later.
 *
 * @returns whether that was anything: then it is worth while to look again
 */
export function bringRest(): boolean {
  const now = bring;
  if (!now) return false;
  bring = undefined; // what arrives looks for names too
  try {
    now();
  } catch (error) {
    bring = now;
    throw error;
  }
  return true;
}

/** Whether everything is here. */
export const hasArrived = (): boolean => isHere;

/** @returns false if it had arrived before */
export function arrive(): boolean {
  const first = !isHere;
  isHere = true;
  return first;
}
