/** The modules of a state dict: what has parameters of its own, one for each layer of a recurrent stack. */
import { plain } from "./pickle.ts";
import type { StoredTensor } from "./tensor.ts";

export interface Module {
  /** Its names: of layer 1 of `encoder.rnn`, "encoder.rnn_l1"; of a stack of one layer also "encoder.rnn" */
  labels: string[];
  /** By their names without module and number of the layer */
  parameters: Map<string, StoredTensor>;
}

const STACKED = /^(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)_l(\d{1,3})(_reverse)?$/;
/** It counts batches; our moving means do not need it. */
const COUNTER = "num_batches_tracked";

/** @param tensors by name, in the order in which modules are to come */
export function modulesOf(tensors: ReadonlyMap<string, StoredTensor>): Module[] {
  const modules = new Map<string, Module & { module: string }>();
  for (const [name, tensor] of tensors) {
    const dot = name.lastIndexOf(".");
    const [module, own] = [name.slice(0, Math.max(0, dot)), name.slice(dot + 1)];
    if (own === COUNTER) continue;
    const [, kind = own, layer, reverse = ""] = STACKED.exec(own) ?? [];
    const label = layer === undefined ? module : `${module}_l${layer}`;
    const found = modules.get(label) ?? { module, labels: [label], parameters: new Map() };
    found.parameters.set(kind + reverse, tensor);
    modules.set(label, found);
  }
  const list = [...modules.values()];
  for (const each of list) {
    const alone = list.every(other => other === each || other.module !== each.module);
    if (alone && each.labels[0] !== each.module) each.labels.push(each.module);
  }
  return list;
}

/** What a module has, for errors: `rnn_l0 (weight_ih [24, 8], …)`. */
export const showModule = ({ labels, parameters }: Module): string =>
  `${plain(labels[0]) || "the module itself"} (${showShapes([...parameters].map(([name, { shape }]) => [name, shape]))})`;

export const showShapes = (list: readonly (readonly [string, readonly number[]])[]): string =>
  list
    .slice(0, 4)
    .map(([name, shape]) => `${plain(name)} [${shape.slice(0, 8).join(", ")}]`)
    .join(", ") + (list.length > 4 ? ", …" : "");
