/** ONNX files of a few nodes, for tests. */
import { loadOnnx } from "../../../src/interchange/index.ts";
import { encode } from "../../../src/interchange/onnx/protobuf.ts";
import { type AttributeProto, MODEL, type NodeProto, type TensorProto } from "../../../src/interchange/onnx/schema.ts";

export type Value = number | string | { f: number } | { floats: number[] } | number[] | string[];
export const text = (words: string) => new TextEncoder().encode(words);

function attribute([name, value]: [string, Value]): AttributeProto {
  if (typeof value === "number") return { name, i: value, type: 2 };
  if (typeof value === "string") return { name, s: text(value), type: 3 };
  if (!Array.isArray(value))
    return "f" in value ? { name, f: value.f, type: 1 } : { name, floats: value.floats, type: 6 };
  if (typeof value[0] === "string") return { name, strings: (value as string[]).map(text), type: 8 };
  return { name, ints: value as number[], type: 7 };
}

export const node = (
  op_type: string,
  input: string[],
  output: string[],
  attributes: Record<string, Value> = {},
  name = "it",
): NodeProto => ({
  op_type,
  input,
  output,
  name,
  attribute: Object.entries(attributes).map(attribute),
});
export const floats = (name: string, dims: number[], fill = 0.1): TensorProto => {
  const size = dims.reduce((a, b) => a * b, 1);
  return { name, dims, data_type: 1, float_data: Array.from({ length: size }, (_, i) => fill * (i + 1)) };
};
export const whole = (name: string, list: number[]): TensorProto => ({
  name,
  dims: [list.length],
  data_type: 7,
  int64_data: list,
});

export interface Made {
  nodes: NodeProto[];
  constants?: TensorProto[];
  inputs?: Record<string, (number | string)[]>;
  ids?: string[];
  output?: string;
  opset?: number;
}

export const bytesOf = ({
  nodes,
  constants = [],
  inputs = { x: ["T", "N", 2] },
  ids = [],
  output = "y",
  opset = 17,
}: Made) =>
  encode(MODEL, {
    ir_version: 8,
    opset_import: [{ domain: "", version: opset }],
    graph: {
      name: "g",
      node: nodes,
      initializer: constants,
      input: Object.entries(inputs).map(([name, dims]) => ({
        name,
        type: {
          tensor_type: {
            elem_type: ids.includes(name) ? 7 : 1,
            shape: { dim: dims.map(n => (typeof n === "number" ? { dim_value: n } : { dim_param: n })) },
          },
        },
      })),
      output: [{ name: output }],
    },
  });
export const load = (made: Made) => () => loadOnnx(bytesOf(made));
