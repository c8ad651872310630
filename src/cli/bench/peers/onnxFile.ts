/** The few messages of ONNX's protocol buffers that a model of LSTM and Dense layers needs, field numbers as in onnx.proto. */

import { joined } from "../../../typedArray.ts";

const text = new TextEncoder();

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Uint8Array.of(...bytes, value);
}

/** A field that is a whole number. */
const whole = (field: number, value: number) => joined([varint(field << 3), varint(value)]);

/** A field that has a length: text, bytes, a message of fields. */
function sized(field: number, ...parts: (string | Uint8Array)[]): Uint8Array {
  const content = parts.map(part => (typeof part === "string" ? text.encode(part) : part));
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return joined([varint((field << 3) | 2), varint(length), ...content]);
}

const wholes = (field: number, values: readonly number[]) => sized(field, ...values.map(varint));

const ELEMENT = { float32: 1, int32: 6, int64: 7 };

export type Attribute = number | string | readonly number[];

function attribute([name, value]: [string, Attribute]): Uint8Array {
  const [kind, field] =
    typeof value === "number"
      ? [2, whole(3, value)]
      : typeof value === "string"
        ? [3, sized(4, value)]
        : [7, wholes(8, value)];
  return sized(5, sized(1, name), field, whole(20, kind));
}

/** Shapes and types by name. */
export type Declared = Readonly<Record<string, { type: "float32" | "int32"; shape: readonly number[] }>>;

const declare = (field: number, values: Declared) =>
  Object.entries(values).map(([name, { type, shape }]) => {
    const dims = shape.map(size => sized(1, whole(1, size)));
    return sized(field, sized(1, name), sized(2, sized(1, whole(1, ELEMENT[type]), sized(2, ...dims))));
  });

/** A graph under construction. */
export class Graph {
  readonly #parts: Uint8Array[] = [];

  /** @param inputs names; "" leaves an optional one out */
  node(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): void {
    const names = [...inputs.map(name => sized(1, name)), ...outputs.map(name => sized(2, name))];
    this.#parts.push(sized(1, ...names, sized(4, op), ...Object.entries(attributes).map(attribute)));
  }

  constant(name: string, dims: readonly number[], data: Float32Array | Int32Array | BigInt64Array): void {
    const type = data instanceof Float32Array ? "float32" : data instanceof Int32Array ? "int32" : "int64";
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#parts.push(sized(5, wholes(1, dims), whole(2, ELEMENT[type]), sized(8, name), sized(9, bytes)));
  }

  /** The bytes of the finished model. */
  finish(inputs: Declared, outputs: Declared): Uint8Array {
    const graph = sized(7, ...this.#parts, sized(2, "peer"), ...declare(11, inputs), ...declare(12, outputs));
    return joined([whole(1, 8), sized(2, "wasm-lstm"), graph, sized(8, sized(1, ""), whole(2, 17))]);
  }
}
