/** Values without numbers, to ask what shapes something computes. */
import type { Shape } from "../tensor.ts";
import { Computing, heldBy, type Value } from "./value.ts";

const NOTHING = Symbol("no numbers");

/** Runs the rules of shapes alone. */
export class Probe extends Computing<typeof NOTHING> {
  readonly #what: string;

  /** @param what is asked, for errors */
  constructor(what: string) {
    super();
    this.#what = what;
  }

  protected override compute(): typeof NOTHING {
    return NOTHING;
  }

  override numbers(): never {
    throw new Error(`${this.#what}: there are no numbers yet, shapes alone are asked for; say them with outputShapes`);
  }

  /** A value of a shape. */
  value(shape: Shape): Value {
    return this.make(NOTHING, shape);
  }

  /** The shape of what has been computed with this probe's values. */
  shapeOf(value: unknown, what: string): Shape {
    heldBy(this, value, what);
    return (value as Value).shape;
  }
}
