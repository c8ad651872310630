/** Models with a layer, a loss and a metric that the package does not have: they load again when those are given. */
import { describe, expect, it } from "vitest";
import { listNames } from "../../src/describe.ts";
import { type LoadOptions, layers, loadModel, sequential } from "../../src/index.ts";
import { LAYER_NAMES } from "../../src/layers/names.generated.ts";
import { lossRegistry } from "../../src/losses/registry.ts";
import { metricRegistry } from "../../src/metrics/registry.ts";
import { expectError, numbers, weightBits } from "../helpers/models.ts";
import { largestError, pinball, twice } from "../helpers/ownLosses.ts";

const x = numbers([6, 4, 2]);
const y = numbers([6, 4, 1], 2);

function build() {
  const net = sequential([
    layers.timeDistributed({ layer: twice(), inputShape: [4, 2] }),
    twice({ name: "again" }),
    layers.dense({ units: 1 }),
  ]);
  net.compile({ loss: pinball({ quantile: 0.9 }), metrics: [largestError({ above: 0.1, name: "worst" }), "mae"] });
  return net;
}

const own = { layers: { twice }, losses: { pinball }, metrics: { largestError } };

describe("a model with code of its user's", () => {
  it("loads again, with options, and trains on to the same bits", async () => {
    const net = build();
    await net.fit(x, y, { batchSize: 2, verbose: 0 });
    const again = loadModel(net.save({ optimizer: true }), own);
    expect(again.predict(x)).toEqual(net.predict(x));
    expect(await again.evaluate(x, y)).toEqual(await net.evaluate(x, y));
    expect(Object.keys(await again.evaluate(x, y))).toEqual(["loss", "worst", "mae"]);
    await net.fit(x, y, { batchSize: 2, verbose: 0 });
    await again.fit(x, y, { batchSize: 2, verbose: 0 });
    expect(weightBits(again)).toEqual(weightBits(net));
    expect(loadModel(again.save(), own).predict(x)).toEqual(net.predict(x));
  });

  it.each<[keyof typeof own, string, string[], string]>([
    ["layers", "layer", [...LAYER_NAMES], "twice"],
    ["losses", "loss", lossRegistry.names, "pinball"],
    ["metrics", "metric", metricRegistry.names, "largestError"],
  ])("says what is missing of its %s, and what to do", async (group, what, names, name) => {
    const { [group]: _, ...rest } = own;
    await expectError(
      () => loadModel(build().save(), rest),
      "RangeError",
      `model file: ${what}: expected one of ${listNames(names)}, got "${name}"; ` +
        `a file holds no code: import the ${what} and call loadModel(bytes, { ${group}: { ${name} } })`,
    );
  });

  it("predicts without its loss and metrics where nobody asks for them", async () => {
    const net = build();
    const again = loadModel(net.save({ optimizer: true }), { layers: { twice }, compile: false });
    expect(again.predict(x)).toEqual(net.predict(x));
    await expectError(() => again.evaluate(x, y), "Error", /call compile\(\) first/);
  });

  it.each<[LoadOptions, "TypeError" | "RangeError", string | RegExp]>([
    [{ losses: [] as never }, "TypeError", "loadModel losses: expected an object such as { myOwn }, got an array of 0"],
    [{ metrics: 5 as never }, "TypeError", "loadModel metrics: expected an object such as { myOwn }, got 5"],
    [{ compile: 1 as never }, "TypeError", "loadModel compile: expected true or false, got 1"],
    [
      { ...own, losses: { pinball: pinball() as never } },
      "TypeError",
      "losses.pinball: expected a function that makes one, got an object",
    ],
    [
      { ...own, losses: { pinball: (() => 5) as never } },
      "TypeError",
      "losses.pinball: expected a function that makes a loss, got one that makes 5",
    ],
    [
      { ...own, layers: { twice: ((options: { name: string }) => layers.dense({ ...options, units: 2 })) as never } },
      "RangeError",
      /it has no tensor/,
    ],
  ])("refuses what is not what it should be: case %#", async (options, type, message) => {
    await expectError(() => loadModel(build().save(), options), type, message);
  });

  it("takes no name from a prototype for one that was given", async () => {
    const bytes = build().save();
    const text = new TextDecoder("latin1").decode(bytes);
    for (const name of ["constr", "toStrin"]) expect(text).not.toContain(name);
    const renamed = (from: string, to: string) =>
      Uint8Array.from(text.replaceAll(from, to), letter => letter.charCodeAt(0));
    // Names as long as those of properties that every object has.
    await expectError(() => loadModel(renamed("pinball", "valueOf"), own), "RangeError", /loss: .* got "valueOf"/);
    expect("pinball".length).toBe("valueOf".length);
  });
});
