/** What spawn.ts is in builds for edge runtimes, which have no workers: bundlers find no reference to one. */
import type { Spawn } from "./start.ts";

const NONE = "edge runtimes have no workers";

export function workersObstacle(): string | undefined {
  return NONE;
}

export const spawnWorker: Spawn = () => {
  throw new Error(NONE);
};
