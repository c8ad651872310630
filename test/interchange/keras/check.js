/**
 * Asks Keras 3 whether it loads what saveKeras writes: the same predictions within 1e-6, the same weights bit by bit, and, of .keras files that
 * are compiled, the same losses of ten more steps within 1e-4. Needs dist/ and a Python with keras.
 *
 *     node test/interchange/keras/check.js [python]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { loadKeras, saveKeras } from "../../../dist/formats.js";
import { input, layers, model, ndarray, sequential } from "../../../dist/index.js";

const [python = "python3"] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "keras-"));
console.warn = () => {};

const plain = ({ shape, data }) => ({
  shape,
  dtype: data instanceof Int32Array ? "int32" : "float32",
  data: Array.from(data),
});

/** Writes a model both ways, and what it predicts and learns. */
function write(name, make, x, y) {
  for (const format of ["keras", "h5"]) {
    const net = make();
    writeFileSync(join(folder, `${name}.${format}`), saveKeras(net, { format }));
    const outputs = net.predictAll(x.length > 1 ? x : x[0]).map(plain);
    const weights = net.getWeights().map(plain);
    const losses = [];
    for (let i = 0; y && format === "keras" && i < 10; i++)
      losses.push(net.trainOnBatch(x.length > 1 ? x : x[0], y.length > 1 ? y : y[0]).loss);
    const beside = {
      inputs: x.map(plain),
      outputs,
      weights,
      ...(losses.length > 0 ? { targets: y.map(plain), losses } : {}),
    };
    writeFileSync(join(folder, `${name}.${format}.json`), JSON.stringify(beside));
  }
}

const array = ({ shape, data, dtype }) =>
  ndarray(dtype === "int32" ? Int32Array.from(data) : Float32Array.from(data), shape);
const fixtures = new URL("../../fixtures/keras-files/", import.meta.url);
// What became ops here is not written: save.test.ts.
for (const file of readdirSync(fixtures).filter(each => /(?<!^expressed)\.keras\.gz$/.test(each))) {
  const name = file.split(".")[0];
  const bytes = new Uint8Array(gunzipSync(readFileSync(new URL(file, fixtures))));
  const { inputs, targets } = JSON.parse(readFileSync(new URL(`${name}.json`, fixtures), "utf8"));
  write(name, () => loadKeras(bytes), inputs.map(array), targets?.map(array));
}

const numbers = shape =>
  ndarray(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(1 + i * i)),
    shape,
  );
const own = {
  chain: () =>
    sequential([
      layers.lstm({ units: 4, returnSequences: true, inputShape: [null, 3], checkpointSteps: "auto" }),
      layers.timeDistributed({ layer: layers.dense({ units: 5, activation: "hardSigmoid" }) }),
      layers.bidirectional({ layer: layers.gru({ units: 3, goBackwards: true }), mergeMode: "mul" }),
      layers.dense({ units: 2 }),
    ]),
  nested: () =>
    sequential([
      layers.timeDistributed({
        layer: layers.bidirectional({ layer: layers.lstm({ units: 2, returnSequences: true }) }),
        inputShape: [null, 4, 3],
      }),
      layers.timeDistributed({ layer: layers.timeDistributed({ layer: layers.dense({ units: 2 }) }) }),
    ]),
  graph() {
    const x = input({ shape: [null, 3] });
    const [y, h, c] = layers.lstm({ units: 4, returnSequences: true, returnState: true }).applyAll(x);
    const z = layers.attention({ useCausalMask: true }).apply(y);
    const [w, scores] = layers
      .multiHeadAttention({ numHeads: 2, keyDim: 3, returnAttentionScores: true })
      .applyAll([z, y]);
    const dense = layers.dense({ units: 4, activation: "tanh" });
    const states = layers.add().apply([dense.apply(h), dense.apply(c)]);
    return model({ inputs: x, outputs: [layers.lstm({ units: 4 }).apply([w, states, c]), scores] });
  },
};
for (const [name, make] of Object.entries(own)) {
  const made = () => {
    const net = make();
    // Unequal numbers in biases too.
    net.setWeights(
      net.getWeights().map(({ shape, data }) =>
        ndarray(
          data.map((value, i) => value + 0.1 * Math.cos(i * i)),
          shape,
        ),
      ),
    );
    return net;
  };
  write(`own-${name}`, made, [numbers(name === "nested" ? [2, 5, 4, 3] : [2, 5, 3])]);
}

const { status } = spawnSync(python, ["-B", fileURLToPath(new URL("check_keras.py", import.meta.url)), folder], {
  stdio: "inherit",
});
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;
