/** What a `fit` that is running forbids to all graphs with its parameters. */
import type { Network } from "../graph/network.ts";
import { titleOf } from "../graph/owner.ts";
import type { Underway } from "../graph/parameters.ts";

/** What callbacks alone may do: nothing is half done while they run. */
const OF_CALLBACKS = "setWeights";

export class Running implements Underway {
  /** Whether callbacks are being called, or waited for. */
  calling = false;

  constructor(readonly network: Network) {}

  refuse(what: string, of: object = this.network): void {
    if (of !== this.network) return;
    if (what === OF_CALLBACKS && this.calling) return;
    const remedy = what === OF_CALLBACKS ? "do so in a callback, or await" : "await";
    throw new Error(
      `${what}: ${titleOf(this.network.parameters)} is in training already; ${remedy} the fit that runs first`,
    );
  }
}
