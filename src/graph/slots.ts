/** Memory that graphs over one set of parameters need for themselves: steps of streams, and what optimizers keep. */
import { Blocks } from "../engine/blocks.ts";
import type { Engine } from "../engine/engine.ts";
import type { ModelMemory } from "../engine/room.ts";
import { isTrainable } from "../weight.ts";
import type { Network } from "./network.ts";
import type { Parameters } from "./parameters.ts";
import { blockSize } from "./plan.ts";

const all = new WeakMap<Engine, Blocks>();

/** The blocks beside parameters. */
export function blocksOf({ engine }: Parameters): Pick<ModelMemory, "take" | "give"> {
  if (engine.room) return engine.room;
  const blocks = all.get(engine) ?? new Blocks(engine.memory);
  all.set(engine, blocks);
  return blocks;
}

const rooms = new WeakMap<Network, number>();

/**
 * Blocks of zeros for a graph's optimizer; those of an earlier one are used again. Each graph has its own, so that
 * training through one leaves what the optimizer of another has learned as it was.
 *
 * @param count elements of each; when there is no room for so many a second time, it is made for all that may be trained
 */
export function clearSlots(network: Network, slots: number, count: number): number[] {
  const blocks = blocksOf(network.parameters);
  let room = rooms.get(network) ?? 0;
  if (count > room) room = room > 0 ? blockSize(network.plan.specs.filter(isTrainable)) : count;
  rooms.set(network, room);
  blocks.give(network);
  return Array.from({ length: slots }, () => blocks.take(network, room));
}
