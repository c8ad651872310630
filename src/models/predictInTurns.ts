import type { NDArray } from "../ndarray.ts";
import { sources } from "../training/source.ts";
import { Steps, Turns } from "../training/turns.ts";
import { type Predicting, Predictions, type PredictOptions, predictBatches } from "./predict.ts";

/** As `predictBatches`, with turns of the event loop in between. */
export async function predictInTurns(model: Predicting, x: unknown, given: PredictOptions): Promise<NDArray[]> {
  const made = sources.get(x as object)?.predict(own => predictBatches(model, own, given), model.slots, true);
  if (made) return made;
  const predictions = new Predictions(model, x, given, "predictAsync");
  const { network } = model;
  const { parameters, states } = network;
  const { version } = parameters;
  await model.ready();

  const turns = new Turns();
  const steps = new Steps(network, turns);
  for (let from = 0; from < predictions.count; from += predictions.batchSize) {
    await steps.take(computing => predictions.batch(from, computing));
    await turns.due();
  }
  // Unless training has gone on meanwhile, or they were reset.
  if (parameters.version === version && network.states === states) network.keep(predictions.states);
  return predictions.results;
}
