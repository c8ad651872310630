/** The tensors of a PyTorch file by name, whichever kind of file it is. */
import { listNames } from "../../describe.ts";
import { readArchive, type Saved } from "./archive.ts";
import { plain } from "./pickle.ts";
import { readSafetensors } from "./safetensors.ts";
import { StoredTensor } from "./tensor.ts";

export interface StateDict {
  tensors: ReadonlyMap<string, StoredTensor>;
  /** Whether they come in the order of the modules: safetensors are sorted */
  ordered: boolean;
}

/** The entries of a dict that are tensors. */
const tensorsOf = (dict: Saved): [string, StoredTensor][] =>
  dict instanceof Map
    ? [...dict].flatMap(([key, value]) =>
        typeof key === "string" && value instanceof StoredTensor ? [[key, value] as [string, StoredTensor]] : [],
      )
    : [];

/** The one state dict of what was saved: the whole, or an entry beside others, such as the epoch. */
function chosen(saved: Saved): [string, StoredTensor][] {
  const own = tensorsOf(saved);
  if (own.length > 0) return own;
  const parts = saved instanceof Map ? [...saved].filter(([, value]) => tensorsOf(value).length > 0) : [];
  if (parts.length === 1) return tensorsOf(parts[0][1]);
  if (parts.length === 0) {
    throw new RangeError(
      "no state dict in it: a dict of tensors by name, as torch.save(model.state_dict(), path) writes",
    );
  }
  const names = parts.map(([key]) => plain(String(key)));
  throw new RangeError(
    `${parts.length} state dicts in it (${listNames(names)}); save one: torch.save(dict["${names[0]}"], path)`,
  );
}

/**
 * @throws RangeError for any other file, and for one that is damaged
 */
export function readStateDict(bytes: Uint8Array): StateDict {
  const saved = readArchive(bytes);
  if (saved !== undefined) return { tensors: new Map(chosen(saved)), ordered: true };
  return { tensors: readSafetensors(bytes), ordered: false };
}
