/** Edge runtimes, which compile no WebAssembly: the package by its names, found by their conditions, does what it does elsewhere. */
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { layers, sequential } from "../../src/index.ts";
import run from "./bodies/package.ts";
import { edgeLight, workerd } from "./hosts/edge.js";
import { INSTALL } from "./hosts/host.js";

const script = (name: string) => fileURLToPath(new URL(`bodies/${name}.ts`, import.meta.url));

it.for([workerd, edgeLight])("$name trains, saves, loads and streams to the same bits", async (host, { skip }) => {
  if (!host.installed()) skip(`${host.name} is not installed: ${INSTALL}`);
  const expected = await run();
  expect(expected.loaded).toBe(expected.resumed);
  expect(await host.run(script("package"), { threads: 2 })).toEqual(expected);
});

it.for([workerd, edgeLight])("$name predicts and streams with the small entry", async (host, { skip }) => {
  if (!host.installed()) skip(`${host.name} is not installed: ${INSTALL}`);
  const x = Array.from({ length: 10 }, (_, i) => Math.sin(i));
  for (const layer of [layers.lstm, layers.mLSTM]) {
    const net = sequential([layer({ units: 4, inputShape: [5, 2] }), layers.dense({ units: 3 })], { seed: 1 });
    const stream = net.stream();
    const steps = Array.from({ length: 5 }, (_, t) => [...stream.step(x.slice(2 * t, 2 * t + 2))]);
    const expected = [[...net.predict({ shape: [1, 5, 2], data: Float32Array.from(x) }).data], ...steps];
    expect(await host.run(script("inference"), { bytes: [...net.save()], x })).toEqual(expected);
  }
});
