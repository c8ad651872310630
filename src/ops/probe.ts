/** Values without numbers, to ask what shapes something computes. */
import type { Shape } from "../tensor.ts";
import { looksAcross, type Op } from "./op.ts";
import { Computing, heldBy, type Inside, type Value } from "./value.ts";

const NOTHING = Symbol("no numbers");

/** Runs the rules of shapes alone. */
export class Probe extends Computing<typeof NOTHING> {
  readonly #what: string;
  /** The first op that looked across axis 1 of a tensor that may be a sequence */
  across: string | undefined;

  /** @param what is asked, for errors */
  constructor(what: string) {
    super();
    this.#what = what;
  }

  protected override compute<Options extends object>(
    op: Op<Options>,
    insides: readonly Inside<typeof NOTHING>[],
    options: Options,
  ): typeof NOTHING {
    const shapes = insides.map(({ shape }) => shape);
    if (looksAcross(op, shapes, options)) this.across ??= `ops.${op.name}`;
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
