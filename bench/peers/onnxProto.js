/** The few messages of ONNX's protocol buffers that a model of LSTM and Dense layers needs, field numbers as in onnx.proto. */
import protobuf from "protobufjs";

const { root } = protobuf.parse(
  `
  syntax = "proto3";
  message Attribute { string name = 1; float f = 2; int64 i = 3; bytes s = 4; repeated int64 ints = 8; int32 type = 20; }
  message Node { repeated string input = 1; repeated string output = 2; string op_type = 4; repeated Attribute attribute = 5; }
  message Tensor { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message Dim { int64 dim_value = 1; }
  message Shape { repeated Dim dim = 1; }
  message TensorType { int32 elem_type = 1; Shape shape = 2; }
  message Type { TensorType tensor_type = 1; }
  message Value { string name = 1; Type type = 2; }
  message Graph { repeated Node node = 1; string name = 2; repeated Tensor initializer = 5; repeated Value input = 11; repeated Value output = 12; }
  message Opset { string domain = 1; int64 version = 2; }
  message Model { int64 ir_version = 1; string producer_name = 2; Graph graph = 7; repeated Opset opset_import = 8; }
`,
  { keepCase: true },
);

const Model = root.lookupType("Model");

const ELEMENT = { float32: 1, int32: 6, int64: 7 };
const ATTRIBUTE = { FLOAT: 1, INT: 2, STRING: 3, INTS: 7 };

/** @typedef {number | string | number[] | { float: number }} Attribute a number by itself is a whole one */

/** @param {[string, Attribute]} entry */
function attribute([name, value]) {
  if (typeof value === "number") return { name, type: ATTRIBUTE.INT, i: value };
  if (typeof value === "string") return { name, type: ATTRIBUTE.STRING, s: Buffer.from(value) };
  if (Array.isArray(value)) return { name, type: ATTRIBUTE.INTS, ints: value };
  return { name, type: ATTRIBUTE.FLOAT, f: value.float };
}

/** A graph under construction. */
export class Graph {
  /** @type {object[]} */
  #nodes = [];
  /** @type {object[]} */
  #initializers = [];

  /**
   * @param {string} op
   * @param {readonly string[]} inputs names; "" leaves an optional one out
   * @param {readonly string[]} outputs names
   * @param {Record<string, Attribute>} attributes
   */
  node(op, inputs, outputs, attributes = {}) {
    this.#nodes.push({
      op_type: op,
      input: inputs,
      output: outputs,
      attribute: Object.entries(attributes).map(attribute),
    });
  }

  /**
   * @param {string} name
   * @param {readonly number[]} dims
   * @param {Float32Array | Int32Array | BigInt64Array} data
   */
  constant(name, dims, data) {
    const type = data instanceof Float32Array ? "float32" : data instanceof Int32Array ? "int32" : "int64";
    const raw_data = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#initializers.push({ name, dims, data_type: ELEMENT[type], raw_data });
  }

  /**
   * The bytes of the finished model.
   *
   * @param {Record<string, { type: "float32" | "int32", shape: readonly number[] }>} inputs
   * @param {Record<string, { type: "float32" | "int32", shape: readonly number[] }>} outputs
   */
  finish(inputs, outputs) {
    /** @param {typeof inputs} values */
    const declare = values =>
      Object.entries(values).map(([name, { type, shape }]) => ({
        name,
        type: { tensor_type: { elem_type: ELEMENT[type], shape: { dim: shape.map(dim_value => ({ dim_value })) } } },
      }));
    return Model.encode({
      ir_version: 8,
      producer_name: "wasm-lstm-peers",
      opset_import: [{ domain: "", version: 17 }],
      graph: {
        name: "peer",
        node: this.#nodes,
        initializer: this.#initializers,
        input: declare(inputs),
        output: declare(outputs),
      },
    }).finish();
  }
}
