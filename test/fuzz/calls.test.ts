/** Public calls in any order, with what fits and what does not: a call that fails says so clearly and leaves the model as it was. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import {
  input,
  layers,
  loadModel,
  type Model,
  model,
  type Scaler,
  sequential,
  standardScaler,
} from "../../src/index.ts";
import { hashOfWeights, ids, numbers } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";
import { data, type Made, made, number, odd, value } from "./anyData.ts";
import { TIMEOUT, tried } from "./budget.ts";
import { clear, expectClear, stopwatch } from "./clear.ts";

/** A kind of model, and data that fits it. */
interface Kind {
  make(): Model;
  x: unknown;
  y: unknown;
  step: unknown;
}

const T = 3;

const KINDS: readonly Kind[] = [
  {
    make: () => sequential([layers.lstm({ units: 3, inputShape: [null, 2] }), layers.dense({ units: 1 })], { seed: 1 }),
    x: numbers([4, T, 2]),
    y: numbers([4, 1], 2),
    step: [1, 2],
  },
  {
    make: () =>
      sequential([
        layers.embedding({ inputDim: 9, outputDim: 2, maskZero: true, inputShape: [null] }),
        layers.gru({ units: 2, returnSequences: true, stateful: true }),
        layers.dense({ units: 3, activation: "softmax" }),
      ]),
    x: ids([4, T], 9),
    y: ids([4, T], 3, 2),
    step: 4,
  },
  {
    make() {
      const [a, b] = [input({ shape: [T, 2] }), input({ shape: [3] })];
      const [sequence, h] = layers.gru({ units: 3, returnSequences: true, returnState: true }).applyAll([a, b]);
      const last = layers.dense({ units: 2, name: "head" }).apply(h);
      return model({ inputs: [a, b], outputs: [sequence, last] });
    },
    x: [numbers([4, T, 2]), numbers([4, 3], 3)],
    y: [numbers([4, T, 3], 4), numbers([4, 2], 5)],
    step: [1, 2],
  },
  {
    make: () =>
      sequential([
        layers.masking({ inputShape: [T, 2] }),
        layers.bidirectional({ layer: layers.lstm({ units: 2, returnSequences: true, layerNorm: true }) }),
        layers.dropout({ rate: 0.5 }),
        layers.timeDistributed({ layer: layers.dense({ units: 1, activation: "sigmoid" }) }),
      ]),
    x: { x: numbers([4, T, 2]), lengths: [3, 0, 1, 2] },
    y: numbers([4, T, 1], 2).toArray(),
    step: [1, 2],
  },
];

const OPTIMIZERS = ["adam", "adamW", "rmsprop", "sgd", "Adam", "toString"];
const LOSSES = ["mse", "mae", "binaryCrossentropy", "categoricalCrossentropy", "sparseCategoricalCrossentropy", "no"];
const METRICS = ["mae", "accuracy", "rmse", "mse", "none"];

interface World {
  readonly kind: Kind;
  net: Model;
  stream: ReturnType<Model["stream"]> | undefined;
  parts: Model[];
  /** Fits that run */
  running: number;
  pending: Promise<unknown>[];
}

type Call = (world: World) => unknown;

/** What fits, or anything else. */
function mostly(
  fitting: (world: World) => unknown,
  other: fc.Arbitrary<Made>,
): fc.Arbitrary<(world: World) => unknown> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(fitting) },
    { weight: 1, arbitrary: other.map(make => () => make()) },
  );
}

const anything = fc.oneof(data, odd);
const x = mostly(({ kind }) => kind.x, anything);
const y = mostly(({ kind }) => kind.y, anything);
const loose = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<Made> =>
  fc.oneof({ weight: 6, arbitrary: usual.map(made) }, number.map(made), value);
const settings = (record: Record<string, fc.Arbitrary<Made>>): fc.Arbitrary<() => Record<string, never>> =>
  fc
    .record(record, { requiredKeys: [] })
    .map(
      makers => () =>
        Object.fromEntries(Object.entries(makers).map(([name, make]) => [name, untyped((make as Made)())])),
    );

const compileOptions = settings({
  optimizer: loose(fc.constantFrom(...OPTIMIZERS)),
  loss: loose(fc.constantFrom(...LOSSES)),
  metrics: loose(fc.array(fc.constantFrom(...METRICS), { maxLength: 2 })),
});
const fitOptions = settings({
  epochs: loose(fc.constantFrom(0, 1, 2)),
  batchSize: loose(fc.constantFrom(1, 2, 4, 32)),
  shuffle: loose(fc.boolean()),
  validationSplit: loose(fc.constantFrom(0, 0.25, 0.5, 0.99)),
  validationData: value,
  callbacks: value,
  signal: value,
});
const scaler: fc.Arbitrary<() => Scaler> = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(0, 1e9), fc.constantFrom(0, 1, 1e-30))
  .map(
    ([columns, offset, spread]) =>
      () =>
        standardScaler().fit(
          [0, 1].map(row => Array.from({ length: columns }, (_, i) => offset + row * spread * (i + 1))),
        ),
  );

const calls: fc.Arbitrary<Call> = fc.oneof(
  compileOptions.map(
    (make): Call =>
      ({ net }) =>
        net.compile(untyped({ optimizer: "adam", loss: "mse", ...make() })),
  ),
  x.map(
    (give): Call =>
      world =>
        world.net.predict(untyped(give(world))),
  ),
  fc.tuple(x, loose(fc.constantFrom(1, 2, 4))).map(
    ([give, size]): Call =>
      world =>
        world.net.predictAll(untyped(give(world)), { batchSize: untyped(size()) }),
  ),
  fc.tuple(x, y).map(
    ([giveX, giveY]): Call =>
      world =>
        world.net.trainOnBatch(untyped(giveX(world)), untyped(giveY(world))),
  ),
  fc.tuple(x, y).map(
    ([giveX, giveY]): Call =>
      world =>
        world.net.gradients(untyped(giveX(world)), untyped(giveY(world))),
  ),
  fc.tuple(x, y).map(
    ([giveX, giveY]): Call =>
      world =>
        world.net.evaluate(untyped(giveX(world)), untyped(giveY(world))),
  ),
  fc.tuple(x, y, fitOptions, fc.boolean()).map(
    ([giveX, giveY, make, waits]): Call =>
      world => {
        const fit = world.net.fit(
          untyped(giveX(world)),
          untyped(giveY(world)),
          untyped({ verbose: 0, epochs: 1, ...make() }),
        );
        if (waits) return fit;
        world.running++;
        const watched = fit.finally(() => world.running--);
        watched.catch(() => {});
        world.pending.push(watched);
        return undefined;
      },
  ),
  mostly(({ net }) => net.getWeights().map(({ shape }, i) => numbers(shape, i)), anything).map(
    (give): Call =>
      world =>
        world.net.setWeights(untyped(give(world))),
  ),
  fc.nat(9).map(
    (at): Call =>
      ({ net }) => {
        const weights = net.getWeights();
        weights[at % weights.length].data[0] = [NaN, Infinity, 1][at % 3];
        net.setWeights(weights);
      },
  ),
  fc.constant<Call>(({ net }) => net.summary()),
  fc.boolean().map(
    (optimizer): Call =>
      world => {
        world.net = begun(loadModel(world.net.save({ optimizer })));
        world.stream = undefined;
      },
  ),
  anything.map(
    (make): Call =>
      ({ net }) => {
        const before = net.metadata;
        net.metadata = untyped(make());
        try {
          net.save();
        } finally {
          net.metadata = before;
        }
      },
  ),
  value.map(
    (make): Call =>
      () =>
        loadModel(untyped(make())),
  ),
  fc.option(value).map(
    (make): Call =>
      world => {
        world.stream = world.net.stream(make ? untyped({ inputs: make() }) : {});
      },
  ),
  mostly(({ kind }) => kind.step, anything).map(
    (give): Call =>
      world =>
        world.stream?.step(untyped(give(world))),
  ),
  mostly(({ kind }) => kind.step, anything).map(
    (give): Call =>
      world =>
        world.stream?.stepAll(untyped(give(world))),
  ),
  mostly(({ stream }) => stream?.state, anything).map(
    (give): Call =>
      world => {
        if (world.stream) world.stream.state = untyped(give(world));
      },
  ),
  fc.constant<Call>(({ stream }) => stream?.reset()),
  fc.constant<Call>(({ net }) => net.resetStates()),
  fc.tuple(fc.option(scaler), fc.option(scaler), fc.option(value)).map(
    ([forX, forY, other]): Call =>
      ({ net }) =>
        net.setScaling(
          untyped(other ? { input: other() } : { ...(forX && { input: forX() }), ...(forY && { target: forY() }) }),
        ),
  ),
  fc.tuple(loose(fc.constantFrom("lstm", "gru", "head", "dense")), fc.boolean()).map(
    ([layer, asInput]): Call =>
      world => {
        world.parts.push(
          world.net.part(untyped(asInput ? { inputs: layer(), outputs: "head" } : { outputs: layer() })),
        );
      },
  ),
  x.map(
    (give): Call =>
      world =>
        world.parts.at(-1)?.predict(untyped(give(world))),
  ),
  fc.tuple(fc.nat(3), loose(fc.boolean())).map(
    ([at, make]): Call =>
      ({ net }) => {
        net.layers[at % net.layers.length].trainable = untyped(make());
      },
  ),
  value.map(
    (make): Call =>
      ({ net }) =>
        net.apply(untyped(make())),
  ),
  loose(fc.double()).map(
    (make): Call =>
      ({ net }) => {
        const before = net.optimizer.learningRate;
        net.optimizer.learningRate = untyped(make());
        try {
          net.trainOnBatch(untyped(KINDS[0].x), untyped(KINDS[0].y));
        } finally {
          net.optimizer.learningRate = before;
        }
      },
  ),
);

/** Errors of order, such as a fit before compile, are plain; all others are of a type or a range. */
function expectOwn(error: unknown): void {
  if ((error as Error).constructor === Error) expect((error as Error).message).toMatch(/; |call compile|while/);
  else expectClear(error);
}

/** Makes what stays once it is made, a model's list of calls for streams, so that it is no growth later. */
function begun(net: Model): Model {
  try {
    net.stream();
  } catch (error) {
    expectOwn(error); // a model that cannot stream
  }
  return net;
}

/** What a failed call must leave. */
const stateOf = ({ net }: World) => ({ hash: hashOfWeights(net), top: net.network.engine.memory.mark() });

beforeAll(() => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterAll(() => {
  vi.restoreAllMocks();
});

it("ends in a value or one clear error, and then nothing has changed", { timeout: TIMEOUT }, async () => {
  await tried(
    fc.asyncProperty(
      fc.nat(KINDS.length - 1),
      fc.array(calls, { minLength: 1, maxLength: 12 }),
      async (at, sequence) => {
        const kind = KINDS[at];
        const world: World = { kind, net: begun(kind.make()), stream: undefined, parts: [], running: 0, pending: [] };
        world.net.compile({ optimizer: "adam", loss: at === 1 ? "sparseCategoricalCrossentropy" : "mse" });
        for (const call of sequence) {
          const before = stateOf(world);
          const { net } = world;
          let failed = false;
          const fails = (error: unknown) => {
            failed = true;
            expectOwn(error);
          };
          const milliseconds = stopwatch();
          const alone = world.running === 0;
          let result: unknown;
          try {
            result = call(world);
          } catch (error) {
            fails(error);
          }
          await Promise.resolve(result).catch(fails);
          expect(milliseconds(), "milliseconds").toBeLessThan(1000);
          if (failed && alone) expect(stateOf({ ...world, net })).toEqual(before);
        }
        for (const fit of world.pending) await fit.catch(expectOwn);
        for (const weight of world.net.getWeights())
          expect(weight.data.every(Number.isFinite), "finite weights").toBe(true);
        clear(() => world.net.predictAll(untyped(kind.x)));
      },
    ),
    400,
  );
});
