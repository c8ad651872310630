/** Makers of the user's own under names, for `compile` and for files. */
import { expect, it } from "vitest";
import { defineCell, layers, loadModel, ops, register, sequential } from "../src/index.ts";
import { LAYER_NAMES } from "../src/layers/names.generated.ts";
import { expectError, numbers } from "./helpers/models.ts";
import { largestError, pinball, twice } from "./helpers/ownLosses.ts";
import { untyped } from "./helpers/untyped.ts";

const build = () => sequential([twice({ inputShape: [2] }), layers.dense({ units: 1 })]);

it("register makes names of your own as good as the package's", async () => {
  const compiled = build();
  await expectError(
    () => compiled.compile({ loss: untyped("pinball") }),
    "RangeError",
    /loss: expected one of .*, got "pinball"/,
  );
  register({ layers: { twice }, losses: { pinball }, metrics: { largestError } });
  compiled.compile({ loss: untyped("pinball"), metrics: [untyped("largestError")] });
  const again = loadModel(compiled.save());
  const [x, y] = [numbers([3, 2]), numbers([3, 1], 2)];
  expect(await again.evaluate(x, y)).toEqual(await compiled.evaluate(x, y));
  register({ losses: { pinball } }); // the same again
});

it("register gives cells their names", async () => {
  const make = (name: string) =>
    defineCell({
      name,
      weights: ({ features, units }) => ({ kernel: [features, units] }),
      states: ({ units }) => ({ h: units }),
      step({ x, states, weights }) {
        const h = ops.tanh(ops.add(ops.matmul(x, weights.kernel), states.h));
        return { output: h, states: { h } };
      },
    });
  const mine = make("mine");
  const net = sequential([layers.rnn(mine, { units: 3, inputShape: [null, 2] })]);
  await expectError(() => loadModel(net.save()), "RangeError", /loadModel cells: expected the cell "mine"/);
  register({ cells: { mine } });
  register({ cells: { mine } });
  const x = numbers([2, 4, 2]);
  expect(loadModel(net.save()).predict(x)).toEqual(net.predict(x));
  for (const [cells, type, text] of [
    [{ mine: make("mine") }, "RangeError", "cells.mine: expected the one cell of that name"],
    [{ other: mine }, "RangeError", "cells.other: expected the one cell of that name"],
    [{ mine: layers.lstm }, "RangeError", "cells.mine: expected the one cell of that name"],
    [[mine], "TypeError", "register cells: expected an object such as { myOwn }, got an array of 1"],
  ] as const) {
    await expectError(() => register({ cells: untyped(cells) }), type, text);
  }
});

it("register refuses what it does not know, and names that are taken", async () => {
  // biome-ignore lint/suspicious/noExplicitAny: the wrong types are the point
  const wrong = (value: unknown): any => value;
  await expectError(
    () => register(wrong({ loss: {} })),
    "TypeError",
    'register: unknown option "loss", did you mean "losses"? Known options are cells, layers, losses, metrics, optimizers, schedules',
  );
  await expectError(
    () => register({ losses: wrong([pinball]) }),
    "TypeError",
    "register losses: expected an object such as { myOwn }, got an array of 1",
  );
  await expectError(
    () => register({ losses: { huber: pinball } }),
    "RangeError",
    "losses.huber: expected a name of its own, got that of another loss",
  );
});

it("knows the names of all layers, and refuses them before and after a file was loaded", async () => {
  expect([...LAYER_NAMES]).toEqual(Object.keys(layers).sort());
  const taken = "layers.gru: expected a name of its own, got that of another layer";
  await expectError(() => register({ layers: { gru: layers.gru.bind(null) } }), "RangeError", taken);
  loadModel(sequential([layers.dense({ units: 1, inputShape: [1] })]).save());
  await expectError(() => register({ layers: { gru: layers.gru.bind(null) } }), "RangeError", taken);
});
