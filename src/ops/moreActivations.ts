/**
 * Activations that layers have and recurrent cells have not: their slopes are functions of the input, in kernels of their own, which only
 * those bring that use one.
 */
import { type BroughtActivation, activations as common } from "../activations.ts";
import type { Backward, Context } from "../context.ts";
import { MORE_ACTIVATIONS } from "../engine/families/moreActivations.generated.ts";
import { moreActivationKinds } from "../engine/kinds.generated.ts";
import { expectOneOf } from "../expect.ts";
import { isObject } from "../isObject.ts";
import { boolean, checked, number, oneOf, optional, options, positive, type Schema } from "../options.ts";
import { lastAxisOf, type Step, type StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import { compileForward } from "./compileForward.ts";
import { logSoftmaxOp } from "./logSoftmax.ts";
import { apply, expectInputs, type Op, type Operand, run } from "./op.ts";

type Kind = keyof typeof moreActivationKinds;

/** @param choose which function, and the number that it has, of options that may be left out */
const opOf = <Options extends object = object>(
  name: string,
  choose: Kind | ((given: Options) => readonly [kind: Kind, number: number]),
  schema: Schema = {},
): Op<Options> => ({
  name,
  options: Object.keys(schema),
  families: [MORE_ACTIVATIONS],
  shape(inputs, given) {
    expectInputs(inputs, 1, 1, `ops.${name}`);
    checked(given, `ops.${name}`, schema);
    return inputs[0];
  },
  forward(context, [x], given, shape) {
    const y = context.tensor(shape, [x]);
    const [kind, own] = typeof choose === "string" ? ([choose, 0] as const) : choose(given);
    context.kernels.moreActivationForward(y.pointer, x.pointer, moreActivationKinds[kind], own, x.size);
    context.record(moreActivationBackward, [y], x, moreActivationKinds[kind], own);
    return y;
  },
});

export const moreActivationBackward: Backward<[x: Tensor, kind: number, own: number]> = (context, [y], x, kind, own) =>
  context.kernels.moreActivationBackward(context.gradientOf(x), y.gradient, x.pointer, kind, own, x.size);

export interface GeluOptions {
  /** x·σ(1.5958·(x + 0.044715·x³)), as GPT-2 has it; default false */
  approximate?: boolean;
}

export interface CeluOptions {
  /** Above 0; default 1 */
  alpha?: number;
}

interface LeakyReluOptions {
  negativeSlope?: number;
}

export interface SquareplusOptions {
  /** Above 0; default 4 */
  b?: number;
}

export interface ShrinkOptions {
  /** At least 0; default 0.5 */
  threshold?: number;
}

const GELU = options({ approximate: optional(boolean, false) });
const CELU = options({ alpha: optional(positive, 1) });
const SQUAREPLUS = options({ b: optional(positive, 4) });
const SHRINK = options({ threshold: optional(number(0), 0.5) });
const ELU = options({ alpha: optional(number(), 1) });
const LEAKY_RELU = options({ negativeSlope: optional(number(0), 0.2) });

/** Those that users call. */
export const moreActivationOps = {
  celu: opOf<CeluOptions>("celu", ({ alpha = 1 }) => ["celu", alpha], CELU),
  erf: opOf("erf", "erf"),
  gelu: opOf<GeluOptions>("gelu", ({ approximate }) => [approximate ? "tanhGelu" : "gelu", 0], GELU),
  hardShrink: opOf<ShrinkOptions>("hardShrink", ({ threshold = 0.5 }) => ["hardShrink", threshold], SHRINK),
  hardSilu: opOf("hardSilu", "hardSilu"),
  hardTanh: opOf("hardTanh", "hardTanh"),
  logSigmoid: opOf("logSigmoid", "logSigmoid"),
  mish: opOf("mish", "mish"),
  relu6: opOf("relu6", "relu6"),
  silu: opOf("silu", "silu"),
  softShrink: opOf<ShrinkOptions>("softShrink", ({ threshold = 0.5 }) => ["softShrink", threshold], SHRINK),
  sparsePlus: opOf("sparsePlus", "sparsePlus"),
  sparseSigmoid: opOf("sparseSigmoid", "sparseSigmoid"),
  squareplus: opOf<SquareplusOptions>("squareplus", ({ b = 4 }) => ["squareplus", b], SQUAREPLUS),
  tanhShrink: opOf("tanhShrink", "tanhShrink"),
};

/** By name, an activation's op and its options. Made at first asking: bundlers take a list of this kind for one that does something. */
let known: Known | undefined;

type Known = Readonly<Record<string, readonly [Op, Schema]>>;

function knownOnes(): Known {
  const { erf: _, ...own } = moreActivationOps;
  known ??= {
    ...Object.fromEntries(Object.entries(own).map(([name, op]) => [name, [op, {}] as const])),
    logSoftmax: [logSoftmaxOp, {}],
    // Those with numbers; of the first two all models have one.
    elu: [opOf<CeluOptions>("elu", ({ alpha = 1 }) => ["elu", alpha], ELU), ELU],
    leakyRelu: [
      opOf<LeakyReluOptions>("leakyRelu", ({ negativeSlope = 0.2 }) => ["leakyRelu", negativeSlope], LEAKY_RELU),
      LEAKY_RELU,
    ],
    celu: [own.celu, CELU],
    gelu: [own.gelu, GELU],
    hardShrink: [own.hardShrink, SHRINK],
    softShrink: [own.softShrink, SHRINK],
    squareplus: [own.squareplus, SQUAREPLUS],
  };
  return known;
}

/** What others call them. */
const ALIASES: Readonly<Record<string, string>> = { swish: "silu", hardSwish: "hardSilu" };

type Given = ReturnType<BroughtActivation["toJSON"]>;

/** An op as an activation of layers. */
class ActivationOfOp implements BroughtActivation {
  readonly #op: Op;
  readonly #given: Given;
  readonly #options: object;

  constructor(op: Op, given: Given, options: object) {
    this.#op = op;
    this.#given = given;
    this.#options = options;
  }

  get families() {
    return this.#op.families ?? [];
  }

  forward(context: Context, x: Tensor): Tensor {
    return run(this.#op, context, [x], this.#options);
  }

  compile(program: Step, x: StepValue): StepValue {
    const V = lastAxisOf(x);
    return compileForward(program, [{ ...x, shape: [x.size / V, V] }], (context, [x]) => this.forward(context, x));
  }

  toJSON(): Given {
    return this.#given;
  }

  /** In messages. */
  toString(): string {
    return this.#op.name;
  }
}

/**
 * An activation of these as layers have it, by its name, or with numbers of its own.
 *
 * @returns undefined for what all models have
 * @throws TypeError or RangeError for what is no activation
 */
export function moreActivation(value: unknown, what: string): BroughtActivation | undefined {
  if (value instanceof ActivationOfOp) return value; // of a layer that was made already
  const all = knownOnes();
  if (!isObject(value)) {
    const named = Object.keys(all).filter(each => !(common as readonly string[]).includes(each));
    const name = expectOneOf(value, [...common, ...named, ...Object.keys(ALIASES)], what);
    const own = Object.hasOwn(ALIASES, name) ? ALIASES[name] : name;
    return named.includes(own) ? new ActivationOfOp(all[own][0], own as Given, {}) : undefined;
  }
  const { name, ...own } = value as { name?: unknown };
  if (name === undefined || name === "hardSigmoid") return undefined;
  const names = Object.keys(all).filter(each => Object.keys(all[each][1]).length > 0);
  const [op, schema] = all[expectOneOf(name as string, ["hardSigmoid", ...names], `${what} name`)];
  return new ActivationOfOp(op, checked(value, what, { name: oneOf(names), ...schema }) as Given, own);
}

/** x·σ(x), element by element; also called swish. */
export function silu<X extends Operand>(x: X): X {
  return apply(moreActivationOps.silu, [x], {});
}

/** x times the share of a normal distribution that is below x, element by element (Hendrycks and Gimpel 2016). */
export function gelu<X extends Operand>(x: X, options: GeluOptions = {}): X {
  return apply(moreActivationOps.gelu, [x], { ...options });
}

/** x·tanh(softplus(x)), element by element (Misra 2019). */
export function mish<X extends Operand>(x: X): X {
  return apply(moreActivationOps.mish, [x], {});
}

/** x·clip(x/6 + 1/2, 0, 1), element by element; also called hardSwish. */
export function hardSilu<X extends Operand>(x: X): X {
  return apply(moreActivationOps.hardSilu, [x], {});
}

/** min(max(0, x), 6), element by element. */
export function relu6<X extends Operand>(x: X): X {
  return apply(moreActivationOps.relu6, [x], {});
}

/** x above 0, α·(e^(x/α) - 1) below, element by element. */
export function celu<X extends Operand>(x: X, options: CeluOptions = {}): X {
  return apply(moreActivationOps.celu, [x], { ...options });
}

/** (x + √(x² + b)) / 2, element by element. */
export function squareplus<X extends Operand>(x: X, options: SquareplusOptions = {}): X {
  return apply(moreActivationOps.squareplus, [x], { ...options });
}

/** ln σ(x), element by element; exact far below 0 too. */
export function logSigmoid<X extends Operand>(x: X): X {
  return apply(moreActivationOps.logSigmoid, [x], {});
}

/** clip(x, -1, 1), element by element; its derivative at the corners is 0. */
export function hardTanh<X extends Operand>(x: X): X {
  return apply(moreActivationOps.hardTanh, [x], {});
}

/** x - tanh(x), element by element. */
export function tanhShrink<X extends Operand>(x: X): X {
  return apply(moreActivationOps.tanhShrink, [x], {});
}

/** x, nearer to 0 by the threshold; 0 within it; element by element. */
export function softShrink<X extends Operand>(x: X, options: ShrinkOptions = {}): X {
  return apply(moreActivationOps.softShrink, [x], { ...options });
}

/** x, and 0 within the threshold, element by element. */
export function hardShrink<X extends Operand>(x: X, options: ShrinkOptions = {}): X {
  return apply(moreActivationOps.hardShrink, [x], { ...options });
}

/** 0 below -1, x above 1, (x + 1)²/4 between them, element by element. */
export function sparsePlus<X extends Operand>(x: X): X {
  return apply(moreActivationOps.sparsePlus, [x], {});
}

/** clip((x + 1)/2, 0, 1), element by element. */
export function sparseSigmoid<X extends Operand>(x: X): X {
  return apply(moreActivationOps.sparseSigmoid, [x], {});
}

/** The error function, element by element: 2/√π times the integral of e^(-t²) from 0 to x. */
export function erf<X extends Operand>(x: X): X {
  return apply(moreActivationOps.erf, [x], {});
}
