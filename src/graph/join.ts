/** Layers of several models, or new ones, with the parameters of one model. */
import { bringToAll } from "../engine/bring.ts";
import { lineOf } from "../engine/turns/line.ts";
import { initialize } from "../initializers.ts";
import type { Layer } from "../layer/layer.ts";
import { warnOnce } from "../warn.ts";
import { titleOf } from "./owner.ts";
import { Parameters } from "./parameters.ts";
import type { Plan } from "./plan.ts";
import { blocksOf } from "./slots.ts";

/** What memory of joined layers belongs to: it is used again when all of them are gone. */
const rooms = new WeakMap<Layer, object>();

/** Says what of a model's own does not go with its layers. */
function warnOfMove(from: Parameters, to: Parameters): void {
  const kindOf = ({ engine }: Parameters) =>
    `${engine.parallel.threads} ${engine.kind.simd} ${engine.room !== undefined}`;
  if (from.seed === to.seed && from.step === 0 && kindOf(from) === kindOf(to)) return;
  warnOnce(
    `model: ${titleOf(from)} is part of ${titleOf(to)} from now on: it has that one's seed, threads, memory and count of steps`,
  );
}

/** Models see that, and follow; what else would go on to compute with the parameters of old gets an error. */
function leave(from: Parameters, to: Parameters): void {
  warnOfMove(from, to);
  from.movedTo = to;
  Object.defineProperty(from, "version", {
    get() {
      throw new Error(`${titleOf(from)} has become part of ${titleOf(to)}; make its streams again, with stream()`);
    },
  });
}

/**
 * Gives the layers of a graph weights among those of its owner: new ones to new layers; those of other models move, and the
 * models go with them.
 *
 * @param seed of the new weights
 */
export function join(plan: Plan, owner: Parameters, seed = owner.seed): void {
  const joining = plan.layers.filter(layer => layer.owner !== owner);
  if (joining.length === 0) return;
  for (const layer of joining) expectFree(layer, plan);
  for (const each of [owner, ...joining.map(layer => layer.owner)]) each?.settle?.();
  bringToAll(
    owner.engine,
    joining.flatMap(layer => layer.families),
  );
  const moved = new Map<Layer, Float32Array[]>();
  for (const layer of joining) {
    const from = layer.owner;
    if (!(from instanceof Parameters)) continue;
    moved.set(
      layer,
      Object.values(layer.weights).map(weight => from.numbersOf(weight).slice()),
    );
    layer.savedStream = undefined; // the owner may have a layer with the same one
    layer.owner = undefined;
    if (!from.movedTo) leave(from, owner);
  }
  const room = {};
  owner.add(plan, seed, initialize, elements => blocksOf(owner).take(room, elements));
  for (const layer of joining) rooms.set(layer, room);
  for (const [layer, numbers] of moved) {
    for (const [i, weight] of Object.values(layer.weights).entries()) owner.numbersOf(weight).set(numbers[i]);
  }
  owner.changed();
}

function expectFree(layer: Layer, { layers }: Plan): void {
  const from = layer.owner;
  if (!(from instanceof Parameters)) return;
  const tied = layer.tied?.();
  if (tied && !layers.includes(tied)) {
    throw new RangeError(
      `model: layer "${layer.name}" is tied to "${tied.name}" of ${titleOf(from)}, which is not in this model; use both`,
    );
  }
  if (lineOf(from.engine.memory).isTaken) {
    throw new Error(`model: ${titleOf(from)} is computing; await what it does before another model takes its layers`);
  }
}
