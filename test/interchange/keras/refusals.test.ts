/** Content that there is not here, or that contradicts itself: each is refused by name, with its layer and option. */
import { beforeAll, describe, expect, it, vi } from "vitest";
import { loadKeras, loadTfjs, saveKeras, saveTfjs } from "wasm-lstm/formats";
import {
  input,
  layers,
  losses,
  type Model,
  model,
  ops,
  optimizers,
  regularizers,
  sequential,
  standardScaler,
} from "../../../src/index.ts";
import { readZip, writeZip } from "../../../src/interchange/zip.ts";
import { fileOf } from "./files.ts";

// biome-ignore lint/suspicious/noExplicitAny: JSON that is changed anywhere
type Any = any;

/** A file whose architecture is changed. */
function changed(name: string, change: (config: Any) => void): Uint8Array {
  const files = [...readZip(fileOf(`${name}.keras`))].map(([path, read]): [string, Uint8Array] => {
    if (path !== "config.json") return [path, read()];
    const config = JSON.parse(new TextDecoder().decode(read()));
    change(config);
    return [path, new TextEncoder().encode(JSON.stringify(config))];
  });
  return writeZip(files);
}

const layer = (config: Any, i: number): Any => config.config.layers[i];
const option =
  (i: number, key: string, value: unknown) =>
  (config: Any): void => {
    layer(config, i).config[key] = value;
  };
const named =
  (className: string, key: string, value: unknown) =>
  (config: Any): void => {
    config.config.layers.find((each: Any) => each.class_name === className).config[key] = value;
  };
const compiled =
  (key: string, value: unknown) =>
  (config: Any): void => {
    config.compile_config[key] = value;
  };

beforeAll(() => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
});

const ROWS: [string, (config: Any) => void, RegExp | string][] = [
  [
    "lstm",
    config => {
      layer(config, 1).class_name = "ConvLSTM1D";
    },
    /layer "lstm\w*" \(ConvLSTM1D\): there is no such layer here/,
  ],
  [
    "lstm",
    config => {
      layer(config, 1).class_name = "MLSTM";
    },
    "(MLSTM): there is no such layer here",
  ],
  [
    "lstm",
    config => {
      layer(config, 1).class_name = "Lambda";
    },
    "(Lambda): there is no such layer here",
  ],
  [
    "lstm",
    config => {
      layer(config, 1).registered_name = "mine>LSTM";
    },
    "(LSTM): it is a class of its author's own; a file holds no code",
  ],
  [
    "lstm",
    config => {
      config.class_name = "MyModel";
    },
    'got the class "MyModel"',
  ],
  ["lstm", option(1, "activation", "gelu"), /\(LSTM\): lstm\w* activation: expected one of .* got "gelu"/],
  [
    "lstm",
    option(1, "activation", { class_name: "PReLU", config: { alpha: 1 } }),
    "(LSTM) activation: expected an activation's name",
  ],
  ["lstm", option(1, "recurrent_activation", "softmax"), 'got "softmax"'],
  [
    "lstm",
    option(1, "kernel_initializer", { class_name: "STFT", config: {} }),
    "kernelInitializer.name: expected one of",
  ],
  ["lstm", option(1, "dtype", "float16"), '(LSTM) dtype: expected float32, got "float16"'],
  [
    "lstm",
    option(1, "dtype", { class_name: "DTypePolicy", config: { name: "mixed_bfloat16" } }),
    'dtype: expected float32, got "mixed_bfloat16"',
  ],
  ["lstm", option(1, "time_major", true), "(LSTM) time_major: expected false, got true"],
  ["lstm", option(1, "future_option", 3), "futureOption"],
  ["lstm", option(1, "units", 6), /expected lstm\w*\/kernel of \[3, 24\], got \[3, 20\]/],
  ["lstm", option(1, "units", -1), "units: expected a whole number >= 1, got -1"],
  ["lstm", option(1, "use_bias", false), /\(LSTM\): expected 2 weights \(kernel, recurrentKernel\), got 3/],
  ["lstm", option(0, "ragged", true), "ragged: expected false, got true"],
  ["lstm", option(0, "dtype", "string"), "dtype: expected numbers, got string"],
  ["lstm", option(0, "batch_shape", [null, null, -3]), "expected an array of whole numbers >= 1"],
  ["normalized", option(1, "groups", 2), "(Conv1D) groups: expected 1, got 2"],
  [
    "normalized",
    option(1, "data_format", "channels_first"),
    '(Conv1D) data_format: expected "channels_last", got "channels_first"',
  ],
  ["normalized", option(1, "kernel_size", [3, 3]), "kernelSize"],
  ["normalized", option(2, "axis", 1), /\(BatchNormalization\): .*unknown option "axis"/],
  ["normalized", option(2, "renorm", true), "renorm: expected false, got true"],
  ["normalized", option(4, "rms_scaling", true), "(LayerNormalization) rms_scaling: expected false, got true"],
  [
    "activations",
    config => {
      config.config.layers.find((each: Any) => each.class_name === "LeakyReLU").config.negative_slope = -0.3;
    },
    "(LeakyReLU): leaky_re_lu negativeSlope: expected a number >= 0, got -0.3",
  ],
  ["expressed", named("ReLU", "threshold", 0.5), /\(ReLU\): there is none here with the options \{.*"threshold":0.5/],
  ["expressed", named("Dot", "normalize", true), "(Dot): there is none here with the options"],
  ["expressed", named("Dot", "axes", 0), "(Dot): there is none here with the options"],
  ["expressed", named("Rescaling", "scale", [1, 2]), "(Rescaling): ops.multiply: expected a tensor or a finite number"],
  ["expressed", named("Softmax", "axis", 0), "(Softmax): there is none here with the options"],
  ["expressed", named("ELU", "alpha", "0.5"), '(ELU): elu_1 alpha: expected a finite number, got "0.5"'],
  [
    "expressed",
    named("Normalization", "invert", true),
    /\(Normalization\): there is none .* options \{.*"invert":true/,
  ],
  ["expressed", named("Normalization", "axis", [1]), /\(Normalization\): there is none .* options \{"axis":\[1\]/],
  [
    "expressed",
    named("Normalization", "mean", [1, 2]),
    /\(Normalization\): expected \w+\/movingMean of \[3\], got \[2\]/,
  ],
  [
    "stacked",
    named("RNN", "return_state", true),
    "(RNN): several cells in one loop are read without return_state and go_backwards",
  ],
  [
    "stacked",
    named("RNN", "go_backwards", true),
    "(RNN): several cells in one loop are read without return_state and go_backwards",
  ],
  [
    "masking",
    config => {
      const inner = { class_name: "Rescaling", config: { name: "scaled", scale: 0.3 } };
      config.config.layers.find((each: Any) => each.class_name === "TimeDistributed").config.layer = inner;
    },
    '(TimeDistributed) layer: there is no "Rescaling" inside of a layer here',
  ],
  ["noise", option(1, "noise_shape", [null, 1, 3]), /noiseShape/],
  [
    "bidirectional",
    config => {
      layer(config, 1).config.backward_layer.config.activation = "relu";
    },
    '(Bidirectional) backward_layer: expected the activation of layer, "tanh", got "relu"',
  ],
  ["bidirectional", option(1, "merge_mode", "min"), "mergeMode"],
  [
    "attention",
    config => {
      config.config.layers.find((each: Any) => each.class_name === "MultiHeadAttention").config.use_gate = true;
    },
    "use_gate: expected false, got true",
  ],
  [
    "shared",
    config => {
      config.config.layers.find((each: Any) => each.class_name === "LSTM").inbound_nodes[0].kwargs.training = true;
    },
    "its call has training true",
  ],
  [
    "encoder-decoder",
    config => {
      config.config.output_layers = ["lost", 0, 0];
    },
    'layer "lost": its output is used',
  ],
  [
    "encoder-decoder",
    config => {
      config.config.layers.find((each: Any) => each.name === "td").inbound_nodes[0].args[0].config.keras_history = [
        "td",
        0,
        0,
      ];
    },
    'layer "td": it reads what it makes',
  ],
  [
    "training-adam",
    compiled("optimizer", { class_name: "Ftrl", config: {} }),
    /optimizer: expected one of .*got "ftrl"/,
  ],
  ["training-adam", compiled("loss", "categorical_hinge"), /loss: expected one of .*got "categoricalHinge"/],
  [
    "training-adam",
    compiled("loss", { class_name: "MeanSquaredError", config: { reduction: "sum" } }),
    'loss MeanSquaredError reduction: expected "sum_over_batch_size", got "sum"; { compile: false } reads',
  ],
  [
    "training-adam",
    compiled("metrics", ["made_up"]),
    /metric: expected one of .*got "madeUp".*\{ compile: false \} reads the model without it/,
  ],
  [
    "training-adam",
    compiled("metrics", [{ class_name: "AUC", config: { multi_label: true } }]),
    "metric AUC multi_label: expected false, got true",
  ],
  [
    "training-adam",
    config => {
      config.compile_config.optimizer.config.amsgrad = true;
    },
    /optimizer: expected \d+ variables and a learning rate, got \d+; \{ compile: false \} reads/,
  ],
];

describe("masks that are arguments", () => {
  const another = (source: string) =>
    changed("masks", config => {
      const op = config.config.layers.find(
        (each: Any) => each.class_name === "NotEqual" && JSON.stringify(each).includes("asked"),
      );
      op.inbound_nodes[0].args[0].config.keras_history[0] = source;
    });

  it("of another tensor are refused", () => {
    expect(() => loadKeras(another("told"))).toThrow(/mask: expected that of its input, got one of told,0,0 0/);
  });

  it("that are inputs are refused, and so are ops whose numbers are used", () => {
    const given = changed("masks", config => {
      const [layer] = config.config.layers.filter((each: Any) => each.class_name === "Bidirectional");
      layer.inbound_nodes[0].kwargs.mask.config.keras_history[0] = "asked";
    });
    expect(() => loadKeras(given)).toThrow('mask: expected that of its input, got one from "asked"');
    const used = changed("masks", config => {
      const op = config.config.layers.find((each: Any) => each.class_name === "NotEqual").name;
      config.config.output_layers[0] = [op, 0, 0];
    });
    expect(() => loadKeras(used)).toThrow(/\(NotEqual\): there is no such layer here/);
  });
});

describe("initializers", () => {
  it.each([
    ["VarianceScaling", { scale: 3, mode: "fan_out", distribution: "untruncated_normal" }],
    ["Identity", { gain: 0.5 }],
    ["TruncatedNormal", { mean: 0.1, stddev: 0.2 }],
  ])("%s goes through", (className, config) => {
    const net = loadKeras(changed("lstm", option(1, "kernel_initializer", { class_name: className, config })));
    const files = readZip(saveKeras(net));
    const saved = JSON.parse(new TextDecoder().decode(files.get("config.json")?.()));
    const { class_name: name, config: numbers } = saved.config.layers[1].config.kernel_initializer;
    expect([name, numbers]).toEqual([className, config]);
  });
});

it("a turned layer behind which steps are hidden is told", () => {
  const net = (goBackwards: boolean) =>
    sequential([
      layers.masking({ inputShape: [null, 3] }),
      layers.gru({ units: 2, goBackwards, returnSequences: true, name: "turned" }),
      layers.lstm({ units: 2 }),
    ]);
  vi.mocked(console.warn).mockClear();
  loadKeras(saveKeras(net(false)));
  expect(console.warn).not.toHaveBeenCalled();
  const saved = saveKeras(net(true));
  const told = 'layer "turned": here a mask is turned with the steps, in Keras it is not';
  expect(console.warn).toHaveBeenCalledWith(expect.stringContaining(`saveKeras: ${told}`));
  loadKeras(saved);
  expect(console.warn).toHaveBeenCalledWith(expect.stringContaining(`loadKeras: ${told}`));
});

describe("loadKeras refuses", () => {
  it.each(ROWS)("%s, row %#", (name, change, message) => {
    expect(() => loadKeras(changed(name, change))).toThrow(message);
    expect(() => loadKeras(changed(name, change))).toThrow(/^loadKeras: /);
  });

  it("files that are none, or not whole", () => {
    const zip = fileOf("lstm.keras");
    const entries = [...readZip(zip)].map(([path, read]): [string, Uint8Array] => [path, read()]);
    const without = (path: string) => writeZip(entries.filter(([name]) => name !== path));
    expect(() => loadKeras(new Uint8Array())).toThrow("loadKeras: an empty file");
    expect(() => loadKeras(new TextEncoder().encode("not a model at all"))).toThrow(
      "a .keras file, which is a zip, or an .h5 file; this is neither",
    );
    expect(() => loadKeras("model.keras" as never)).toThrow(/expected its bytes as a Uint8Array/);
    expect(() => loadKeras(zip.slice(0, -40))).toThrow("no list of entries at its end");
    expect(() => loadKeras(without("config.json"))).toThrow("expected config.json in the zip");
    expect(() => loadKeras(without("model.weights.h5"))).toThrow("expected model.weights.h5 in the zip");
    const two = ["a", "b"].flatMap(folder =>
      entries.map(([name, bytes]): [string, Uint8Array] => [`${folder}/${name}`, bytes]),
    );
    expect(() => loadKeras(writeZip(two))).toThrow("there are 2 models in it");
    expect(() => loadKeras(writeZip(two.slice(0, 3)))).toThrow(
      /got \["a\/metadata.json",.*: zip what is in that folder/,
    );
    const h5 = entries.find(([name]) => name === "model.weights.h5")?.[1] as Uint8Array;
    expect(() => loadKeras(h5)).toThrow("this .h5 file has weights alone");
  });

  it("a name of an input that cannot be here is another, and said", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const named = changed("gru-options", config => {
      config.config.layers[0].config.name = "my input";
    });
    const graph = changed("joined", config => {
      const text = JSON.stringify(config.config).replaceAll(`"${config.config.layers[0].config.name}"`, '"my input"');
      config.config = JSON.parse(text);
    });
    expect(loadKeras(named).network.plan.inputs[0].node.name).toBeUndefined(); // of a chain they have none
    expect(loadKeras(graph).network.plan.inputs.map(({ node }) => node.name)).toContain("my_input");
    expect(warn.mock.calls.flat().join()).toContain('layer "my input": names have letters');
    warn.mockRestore();
  });

  it.each([
    ["bce", "BinaryCrossentropy"],
    ["KLD", "KLDivergence"],
    ["MSE", "MeanSquaredError"],
    ["mean_squared_logarithmic_error", "MeanSquaredLogarithmicError"],
    ["huber_loss", "Huber"],
  ])("a loss by the name %s is %s", (name, whole) => {
    const net = loadKeras(changed("training-adam", compiled("loss", name)));
    const config = readZip(saveKeras(net)).get("config.json")?.();
    expect(JSON.parse(new TextDecoder().decode(config)).compile_config.loss.class_name).toBe(whole);
  });

  it("a regularizer that is not here, unless the model is to predict alone", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const bytes = changed("lstm", config => {
      layer(config, 1).config.kernel_regularizer = { class_name: "OrthogonalRegularizer", config: { factor: 0.01 } };
    });
    expect(() => loadKeras(bytes)).toThrow(/\(LSTM\) kernel_regularizer: .*\{ compile: false \} reads the model/);
    expect(loadKeras(bytes, { compile: false }).trainer).toBeUndefined();
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/kernel_regularizer: .*left out/));
    const unknown = changed("lstm", config => {
      layer(config, 2).config.bias_constraint = { class_name: "MaxNorm", config: { max_value: 2, other: 1 } };
    });
    expect(() => loadKeras(unknown)).toThrow(/\(LSTM\).*maxNorm.*"other"/);
    warn.mockRestore();
  });

  it("to write a regularizer of the user's own", () => {
    const own = { ...regularizers.l2(), name: "mine", toJSON: () => ({ name: "mine", options: {} }) };
    const net = sequential([layers.dense({ units: 1, inputShape: [2], kernelRegularizer: own })]);
    expect(() => saveKeras(net)).toThrow('layer "dense" (dense) kernelRegularizer: Keras has none of the name "mine"');
  });

  it("pollutes no prototype", () => {
    const bytes = changed("lstm", config => {
      layer(config, 1).config = JSON.parse(
        `{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, ${JSON.stringify(layer(config, 1).config).slice(1)}`,
      );
    });
    expect(() => loadKeras(bytes)).toThrow();
    expect(({} as Any).polluted).toBeUndefined();
  });
});

describe("saveKeras and saveTfjs refuse", () => {
  const net = (...list: Any[]): Model => sequential(list, { seed: 1 });
  const LSTM = { units: 2, inputShape: [3, 2] as [number, number] };
  const rows: [string, () => Model, string][] = [
    [
      "peephole",
      () => net(layers.lstm({ ...LSTM, peephole: "gers" })),
      'layer "lstm" (lstm) peephole: Keras has no such option, got "gers"',
    ],
    ["zoneout", () => net(layers.lstm({ ...LSTM, zoneout: 0.1 })), "(lstm) zoneout: Keras has no such option"],
    ["layerNorm", () => net(layers.gru({ ...LSTM, layerNorm: true })), "(gru) layerNorm: Keras has no such option"],
    [
      "projection",
      () => net(layers.lstm({ ...LSTM, units: 3, projection: 2 })),
      "projection: Keras has no such option",
    ],
    ["stateful", () => net(layers.lstm({ ...LSTM, stateful: true })), "stateful: Keras has no such option"],
    ["sLSTM", () => net(layers.sLSTM(LSTM)), 'layer "sLSTM" (sLSTM): Keras has no such layer'],
    [
      "an op",
      () => {
        const x = input({ shape: [3] });
        return model({ inputs: x, outputs: ops.tanh(x) });
      },
      "Keras has no such layer",
    ],
    [
      "a slope",
      () => net(layers.dense({ units: 1, inputShape: [2], activation: { name: "hardSigmoid", slope: 0.3 } })),
      "Keras' hard sigmoid has slope 1/6",
    ],
    [
      "a scaler",
      () => {
        const made = net(layers.lstm(LSTM));
        made.setScaling({ input: standardScaler().fit([[[1, 2]]]) });
        return made;
      },
      "scalers: they would be lost",
    ],
    [
      "a loss",
      () => {
        const made = net(layers.lstm(LSTM));
        made.compile({ loss: losses.gaussianNll(), optimizer: "adam" });
        return made;
      },
      'loss "gaussianNll": Keras has none of that name',
    ],
    [
      "a reduction",
      () => {
        const made = net(layers.lstm(LSTM));
        made.compile({ loss: losses.huber({ reduction: "sequences" }), optimizer: "adam" });
        return made;
      },
      "loss huber reduction",
    ],
    [
      "an exclusion",
      () => {
        const made = net(layers.lstm(LSTM));
        made.compile({ loss: "mse", optimizer: optimizers.adamW({ excludeFromWeightDecay: ["bias"] }) });
        return made;
      },
      "excludeFromWeightDecay",
    ],
  ];
  it.each(rows)("%s", (_name, make, message) => {
    expect(() => saveKeras(make())).toThrow(message);
  });

  it.each([
    ["resetAfter", () => net(layers.gru(LSTM)), "resetAfter: TensorFlow.js has false alone"],
    [
      "hard sigmoid of Keras 3",
      () => net(layers.dense({ units: 1, inputShape: [2], activation: "hardSigmoid" })),
      "activation: TensorFlow.js has no",
    ],
    [
      "attention",
      () => net(layers.dense({ units: 2, inputShape: [3, 2] }), layers.attention()),
      "(attention): TensorFlow.js has no such layer",
    ],
    [
      "causal",
      () => net(layers.conv1D({ filters: 1, kernelSize: 2, padding: "causal", inputShape: [3, 2] })),
      'padding: TensorFlow.js has no "causal"',
    ],
    [
      "both outputs",
      () => net(layers.bidirectional({ layer: layers.lstm({ units: 2 }), mergeMode: null, inputShape: [3, 2] })),
      "mergeMode: TensorFlow.js reads no null",
    ],
  ] as [string, () => Model, string][])("TensorFlow.js has no %s", (_name, make, message) => {
    expect(() => saveTfjs(make())).toThrow(message);
  });
});

describe("loadTfjs refuses", () => {
  const { modelJson, weights } = saveTfjs(
    sequential([layers.lstm({ units: 2, inputShape: [3, 2] }), layers.dense({ units: 1 })]),
  );
  const json = (change: (json: Any) => void) => {
    const copy = JSON.parse(JSON.stringify(modelJson));
    change(copy);
    return copy;
  };
  const entry = (key: string, value: unknown) =>
    json(copy => {
      copy.weightsManifest[0].weights[0][key] = value;
    });

  it.each([
    [
      "a graph model",
      json(copy => {
        copy.format = "graph-model";
      }),
      weights,
      'format: expected "layers-model", got "graph-model"',
    ],
    ["no topology", json(copy => void delete copy.modelTopology), weights, "modelTopology: expected an object"],
    ["int32 weights", entry("dtype", "int32"), weights, 'weight "lstm/kernel" dtype: expected float32, got "int32"'],
    [
      "another quantization",
      entry("quantization", { dtype: "int4" }),
      weights,
      "quantization: expected uint8, uint16 or float16",
    ],
    [
      "a quantization without scale",
      entry("quantization", { dtype: "uint8", scale: "x" }),
      weights,
      "quantization: expected scale and min",
    ],
    ["another shape", entry("shape", [8, 2]), weights, "expected lstm/kernel of [2, 8], got [8, 2]"],
    ["a shape that is none", entry("shape", [-1]), weights, "shape: expected sizes"],
    ["another name", entry("name", "lost/kernel"), weights, /expected 3 weights|no layer of the model has that name/],
    ["short shards", modelJson, weights.slice(4), /shards: (they end before|expected)/],
    ["long shards", modelJson, new Uint8Array(weights.length + 4), "shards: expected"],
    ["too many shards", modelJson, [weights, weights], "shards: expected 1"],
    ["no shard of a path", modelJson, { "other.bin": weights }, "shards: expected the bytes of weights.bin"],
    [
      "reset after",
      json(copy => {
        copy.modelTopology.config.layers[1].class_name = "CuDNNLSTM";
      }),
      weights,
      "(CuDNNLSTM): there is no such layer here",
    ],
  ] as [string, Any, Any, string | RegExp][])("%s", (_name, manifest, shards, message) => {
    expect(() => loadTfjs(manifest, shards)).toThrow(message);
    expect(() => loadTfjs(manifest, shards)).toThrow(/^loadTfjs: /);
  });
});
