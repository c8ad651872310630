/** An ONNX graph as it is written: nodes, constants, and names for all of them. */
import type { SymbolicTensor } from "../../../layer/layer.ts";
import type { Bytes } from "../../../typedArray.ts";
import type { InnerShape } from "../../../weight.ts";
import { encode } from "../protobuf.ts";
import {
  type AttributeProto,
  type Dimension,
  MODEL,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfo,
} from "../schema.ts";

/** Values of attributes: whole numbers, texts, `{ float }`, lists of whole numbers, texts or floats. */
export type Attribute =
  | number
  | string
  | { float: number }
  | readonly number[]
  | readonly string[]
  | { floats: readonly number[] };

const FLOAT = 1;
const INT32 = 6;
const INT64 = 7;

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

function attributeOf(name: string, value: Attribute): AttributeProto {
  if (typeof value === "number") return { name, i: value, type: 2 };
  if (typeof value === "string") return { name, s: text(value), type: 3 };
  if ("float" in value) return { name, f: value.float, type: 1 };
  if ("floats" in value) return { name, floats: [...value.floats], type: 6 };
  if (typeof value[0] === "string") return { name, strings: (value as string[]).map(text), type: 8 };
  return { name, ints: [...(value as number[])], type: 7 };
}

/** float32, little-endian whatever the machine. */
function bytesOf(numbers: Float32Array): Uint8Array {
  const bytes = new Uint8Array(4 * numbers.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < numbers.length; i++) view.setFloat32(4 * i, numbers[i], true);
  return bytes;
}

export class Graph {
  readonly #nodes: NodeProto[] = [];
  readonly #constants = new Map<string, TensorProto>();
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #names = new Set<string>();

  /** A name that is not there yet. */
  #fresh(wanted: string): string {
    let name = wanted;
    for (let i = 1; this.#names.has(name); i++) name = `${wanted}_${i}`;
    this.#names.add(name);
    return name;
  }

  /** Numbers by name, once: a layer that is used several times has them once. */
  constant(name: string, shape: readonly number[], numbers: () => Float32Array): string {
    if (!this.#constants.has(name)) {
      this.#constants.set(name, { name, dims: [...shape], data_type: FLOAT, raw_data: bytesOf(numbers()) });
    }
    return name;
  }

  /** A list of whole numbers, or one, such as a shape. */
  whole(value: readonly number[] | number): string {
    const list = typeof value === "number" ? [value] : value;
    const name = `whole/${typeof value === "number" ? "" : "list/"}${list.join("/")}`;
    if (!this.#constants.has(name)) {
      const bytes = new Uint8Array(8 * list.length);
      const view = new DataView(bytes.buffer);
      list.forEach((n, i) => {
        view.setBigInt64(8 * i, BigInt(n), true);
      });
      this.#constants.set(name, {
        name,
        dims: typeof value === "number" ? [] : [list.length],
        data_type: INT64,
        raw_data: bytes,
      });
    }
    return name;
  }

  number(value: number): string {
    return this.constant(`number/${value}`, [], () => Float32Array.of(value));
  }

  /**
   * A node.
   *
   * @param name of the layer, which its main node has
   * @returns the names of its outputs; "" for one that is not wanted
   */
  nodes(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: readonly boolean[],
    name: string,
  ): string[] {
    const own = this.#fresh(name);
    const made = outputs.map((wanted, i) => (wanted ? this.#fresh(`${own}/${op}${i || ""}`) : ""));
    const attribute = Object.entries(attributes).map(([key, value]) => attributeOf(key, value));
    this.#nodes.push({ input: [...inputs], output: made, name: own, op_type: op, attribute });
    return made;
  }

  node(
    op: string,
    inputs: readonly string[],
    name: string,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    return this.nodes(op, inputs, attributes, [true], name)[0];
  }

  input(wanted: string, shape: InnerShape, ids: boolean, steps: string): string {
    const name = this.#fresh(wanted);
    const dim = shape.map(
      (size, i): Dimension => (size === null ? { dim_param: i === 0 ? steps : `${steps}_${i}` } : { dim_value: size }),
    );
    this.#inputs.push({
      name,
      type: { tensor_type: { elem_type: ids ? INT32 : FLOAT, shape: { dim: [{ dim_param: "N" }, ...dim] } } },
    });
    return name;
  }

  output(wanted: string, from: string, { shape }: SymbolicTensor): void {
    const name = this.#fresh(wanted);
    this.#nodes.push({ input: [from], output: [name], name: this.#fresh(`output/${wanted}`), op_type: "Identity" });
    const dim = shape.map((size): Dimension => (size === null ? {} : { dim_value: size }));
    this.#outputs.push({
      name,
      type: { tensor_type: { elem_type: FLOAT, shape: { dim: [{ dim_param: "N" }, ...dim] } } },
    });
  }

  finish(): Bytes {
    const model: ModelProto = {
      ir_version: 8,
      producer_name: "wasm-lstm",
      opset_import: [{ domain: "", version: 17 }],
      graph: {
        name: "model",
        node: this.#nodes,
        initializer: [...this.#constants.values()],
        input: this.#inputs,
        output: this.#outputs,
      },
    };
    return encode(MODEL, model);
  }
}
