/** What `fit` returns draws itself. */
import { expect, it } from "vitest";
import { toSVG } from "../../src/curves/index.ts";
import { layers, sequential } from "../../src/index.ts";

it("draws its curves as toSVG does, and is plain data beside that", async () => {
  const net = sequential([layers.dense({ units: 1, inputShape: [2] })]);
  net.compile({ loss: "meanSquaredError" });
  const x = [
    [1, 2],
    [3, 4],
  ];
  const history = await net.fit(x, [1, 2], { epochs: 3, verbose: 0 });
  expect(history.toSVG({ title: "Two samples" })).toBe(toSVG(history, { title: "Two samples" }));
  expect(history.toSVG()).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
  expect(Object.keys(structuredClone(history))).toEqual(["history", "epoch", "stopReason", "seconds"]);
});
