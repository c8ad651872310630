import type { TrainingRun } from "./callback.ts";

/** What a callback remembers, by run: one callback may serve several models at once. */
export function perRun<State extends object>(begin: () => State): (run: TrainingRun) => State {
  const states = new WeakMap<TrainingRun, State>();
  return run => {
    const state = states.get(run) ?? begin();
    states.set(run, state);
    return state;
  };
}
