/** Metrics over several batches, with weights and without, against Keras' numbers; ids and logits against the same. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { layers, metrics, sequential } from "../../src/index.ts";
import type { MetricBatch } from "../../src/metrics/metric.ts";
import { metricRegistry } from "../../src/metrics/registry.ts";

interface Case {
  name: string;
  options: object;
  kind: "numbers" | "binary" | "classes";
  batches: { y: number[][]; p: number[][]; w: number[] }[];
  plain: number;
  weighted: number;
}
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("../fixtures/metrics.json", import.meta.url), "utf8"),
);

function measure({ name, options, kind, batches }: Case, form: "ids" | "logits" | "plain", weighted: boolean): number {
  const metric = metricRegistry.make(name, options);
  const state = metric.start();
  for (const { y, p, w } of batches) {
    const width = p[0].length;
    const ids = form === "ids";
    const logit = (value: number): number => (kind === "binary" ? Math.log(value / (1 - value)) : Math.log(value) + 3);
    const batch: MetricBatch = {
      prediction: Float64Array.from(p.flat(), value => (form === "logits" ? logit(value) : value)),
      target: ids ? Int32Array.from(y, row => row.indexOf(1)) : Float32Array.from(y.flat()),
      width,
      ids,
      binary: kind === "binary",
      ...(form === "logits" ? { logits: true } : {}),
      ...(weighted ? { weights: Float32Array.from(w) } : {}),
    };
    metric.add(state, batch);
  }
  const again = metricRegistry.make(metric.toJSON().name, metric.toJSON().options);
  expect(again.toJSON()).toEqual(metric.toJSON());
  return metric.result(state);
}

describe.each(cases)("$name $options of $kind", one => {
  it.each([false, true])("weighted: %s", weighted => {
    expect(measure(one, "plain", weighted)).toBeCloseTo(weighted ? one.weighted : one.plain, one.plain > 10 ? 3 : 5);
  });

  if (one.kind === "classes") {
    it("is the same by ids", () => expect(measure(one, "ids", true)).toBeCloseTo(one.weighted, 5));
  }

  if (one.kind !== "numbers" && !/Accuracy/.test(one.name)) {
    it("is the same of logits", () => {
      expect(measure(one, "logits", true)).toBeCloseTo(measure(one, "plain", true), 5);
    });
  }
});

describe("perplexity", () => {
  it("is e to the mean cross-entropy, of ids, distributions and logits, with weights and masks", async () => {
    const net = sequential([layers.dense({ units: 3, activation: "softmax", inputShape: [null, 2] })], { seed: 1 });
    net.compile({
      loss: "sparseCategoricalCrossentropy",
      metrics: ["perplexity"],
      weightedMetrics: [metrics.perplexity({ name: "own" })],
    });
    const x = [
      [
        [0.1, 0.9],
        [0.5, -1],
        [3, 2],
      ],
      [
        [1, 1],
        [-2, 0.3],
        [0, 0],
      ],
    ];
    const y = [
      [0, 2, 1],
      [1, 1, 0],
    ];
    const logs = await net.evaluate({ x, lengths: [3, 2] }, y, { batchSize: 1 });
    expect(logs.perplexity).toBeCloseTo(Math.exp(logs.loss), 5);
    const sampleWeight = [
      [1, 2, 0],
      [0.5, 3, 9],
    ];
    const weighted = await net.evaluate({ x, lengths: [3, 2] }, y, { sampleWeight });
    expect(weighted.own).toBeCloseTo(Math.exp((weighted.loss * 5) / 6.5), 5);
  });
});
