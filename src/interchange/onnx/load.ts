/** Models from ONNX files. */

import { describe } from "../../describe.ts";
import { ENGINE, type EngineOptions } from "../../engine/options.ts";
import { bringEveryLayer } from "../../everyLayer.ts";
import { Network } from "../../graph/network.ts";
import { Parameters } from "../../graph/parameters.ts";
import { Plan } from "../../graph/plan.ts";
import { Model } from "../../models/model.ts";
import { sizeOf } from "../../ndarray.ts";
import { checked, type Input, options } from "../../options.ts";
import { expectFiniteNumbers } from "../../training/diagnose.ts";
import { takesLengths } from "../../training/ragged.ts";
import { reading } from "../imported.ts";
import { readGraph } from "./graph.ts";
import { decode } from "./protobuf.ts";
import { refuse } from "./refuse.ts";
import { MODEL, type ModelProto } from "./schema.ts";

const OPTIONS = options({ ...ENGINE });

export interface OnnxLoadOptions extends EngineOptions, Input<typeof OPTIONS> {}

/** The version of ONNX' own operators. */
function opsetOf({ opset_import: imports = [] }: ModelProto): number {
  const own = imports.filter(({ domain = "" }) => domain === "" || domain === "ai.onnx");
  const version = own[0]?.version;
  if (own.length !== 1 || version === undefined)
    refuse("no ONNX model: it does not say which version of the operators it has");
  if (version < 7) refuse(`version ${version} of the operators; 7 and later are read: export it with one of those`);
  return version;
}

/**
 * A model from an ONNX file: LSTM, GRU and RNN become layers, and so does what stands around them; arithmetic of shapes is done here. What
 * is not read is refused by the node's name. The batch is the first axis here, whatever it is in the file, and of any size; where the file
 * has lengths (`sequence_lens`), they come with the data, `{ x, lengths }`. It is not compiled: `compile` it to train.
 *
 * @param bytes of the file; versions 7 and later of the operators
 * @param options threads, simd, memory
 * @throws TypeError or RangeError with the node and what of it is not read
 * @example const net = loadOnnx(await readFile("model.onnx")); net.predict(x)
 */
export function loadOnnx(bytes: Uint8Array, options: OnnxLoadOptions = {}): Model {
  const caller = "loadOnnx";
  const computing = checked(options, caller, OPTIONS);
  return reading(caller, bytes, own => {
    bringEveryLayer();
    const model = decode(MODEL, own) as ModelProto;
    const opset = opsetOf(model);
    if (!model.graph) refuse("no ONNX model: it has no graph");
    const { inputs, outputs, building } = readGraph(model.graph, opset, own.length / 2 + 2 ** 22);
    const plan = new Plan(inputs, outputs);
    const first = plan.specs.map(({ layer, name, shape, path }) => {
      const numbers = building.weights.get(layer)?.[name];
      if (numbers?.length !== sizeOf(shape)) refuse(`the weight ${path} has another size than its layer`);
      expectFiniteNumbers(numbers, shape, `the weight ${path}`);
      return numbers;
    });
    const net = new Model(new Network(plan, new Parameters(plan, 0, first, computing)));
    const { hiding } = building;
    const padded = inputs[net.slots.findIndex(takesLengths)];
    if (hiding !== undefined && (!padded || building.inputNames.get(padded) !== hiding)) {
      refuse(
        `sequence_lens hides steps of ${describe(hiding)}; lengths are those of the first input that is a sequence here`,
      );
    }
    return net;
  });
}
