/**
 * Calls back with what is held for an object, some time after the garbage collector has taken it. Where the runtime has no way to
 * know, never: what belonged to the object then stays taken.
 *
 * @returns takes note of an object, and of what is held for it, which must not lead to it
 */
export function whenGone<Held>(action: (held: Held) => void): (target: object, held: Held) => void {
  if (typeof FinalizationRegistry === "undefined") return () => {};
  const registry = new FinalizationRegistry(action);
  return (target, held) => registry.register(target, held);
}
