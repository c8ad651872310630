/** To whom the layers of a graph belong: to nobody yet, or to the parameters of a model, or of several. */
import type { Layer, Owner } from "../layer/layer.ts";

/** "a", "b" and "c"; of many the first ones. */
export function listed(names: readonly string[], most = 4): string {
  const shown = names.slice(0, most).map(name => `"${name}"`);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(", ")} and ${rest} more`;
  return shown.length > 1 ? `${shown.slice(0, -1).join(", ")} and ${shown[shown.length - 1]}` : shown.join();
}

/** What errors call it: the model of "lstm" and "dense". */
export const titleOf = ({ title, names }: Owner): string => title ?? `the model of ${listed([...(names ?? [])])}`;

/** Who has what an owner had: itself, as a rule. */
export function presentOwner(owner: Owner): Owner {
  let now = owner;
  while (now.movedTo) now = now.movedTo;
  return now;
}

/**
 * The owner of the first layer that has one: the others are to join it.
 *
 * @throws RangeError for a layer that is inside of another, Error for one of another model that is in training
 */
export function ownerOf(layers: readonly Layer[]): Owner | undefined {
  const first = layers.find(layer => layer.owner)?.owner;
  const owner = first && presentOwner(first);
  for (const layer of layers) {
    if (!layer.owner) continue;
    if (!layer.owner.lends) {
      throw new RangeError(
        `model: layer "${layer.name}" belongs to ${titleOf(layer.owner)}; make a new layer for this one`,
      );
    }
    if (layer.owner !== owner) layer.owner.underway?.refuse("model");
  }
  return owner;
}
