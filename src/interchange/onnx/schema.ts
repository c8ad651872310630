/** The messages of ONNX files (onnx.proto3), as far as they are used here. */
import type { Schema } from "./protobuf.ts";

export interface Dimension {
  dim_value?: number;
  dim_param?: string;
}

export interface ValueInfo {
  name?: string;
  type?: { tensor_type?: { elem_type?: number; shape?: { dim?: Dimension[] } } };
}

export interface TensorProto {
  dims?: number[];
  data_type?: number;
  name?: string;
  raw_data?: Uint8Array;
  float_data?: number[];
  int32_data?: number[];
  int64_data?: number[];
  double_data?: number[];
  uint64_data?: number[];
  data_location?: number;
}

export interface AttributeProto {
  name?: string;
  type?: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: TensorProto;
  floats?: number[];
  ints?: number[];
  strings?: Uint8Array[];
}

export interface NodeProto {
  input?: string[];
  output?: string[];
  name?: string;
  op_type?: string;
  domain?: string;
  attribute?: AttributeProto[];
}

export interface GraphProto {
  node?: NodeProto[];
  name?: string;
  initializer?: TensorProto[];
  sparse_initializer?: object[];
  input?: ValueInfo[];
  output?: ValueInfo[];
}

export interface ModelProto {
  ir_version?: number;
  producer_name?: string;
  graph?: GraphProto;
  opset_import?: { domain?: string; version?: number }[];
}

const NOTHING: Schema = () => ({});
const DIMENSION: Schema = () => ({ 1: ["dim_value", "int"], 2: ["dim_param", "string"] });
const SHAPE: Schema = () => ({ 1: ["dim", DIMENSION, "many"] });
const TENSOR_TYPE: Schema = () => ({ 1: ["elem_type", "int"], 2: ["shape", SHAPE] });
const TYPE: Schema = () => ({ 1: ["tensor_type", TENSOR_TYPE] });
const VALUE: Schema = () => ({ 1: ["name", "string"], 2: ["type", TYPE] });
const TENSOR: Schema = () => ({
  1: ["dims", "int", "many"],
  2: ["data_type", "int"],
  4: ["float_data", "float", "many"],
  5: ["int32_data", "int", "many"],
  7: ["int64_data", "int", "many"],
  8: ["name", "string"],
  9: ["raw_data", "bytes"],
  10: ["double_data", "double", "many"],
  11: ["uint64_data", "int", "many"],
  14: ["data_location", "int"],
});
const ATTRIBUTE: Schema = () => ({
  1: ["name", "string"],
  2: ["f", "float"],
  3: ["i", "int"],
  4: ["s", "bytes"],
  5: ["t", TENSOR],
  7: ["floats", "float", "many"],
  8: ["ints", "int", "many"],
  9: ["strings", "bytes", "many"],
  20: ["type", "int"],
});
const NODE: Schema = () => ({
  1: ["input", "string", "many"],
  2: ["output", "string", "many"],
  3: ["name", "string"],
  4: ["op_type", "string"],
  5: ["attribute", ATTRIBUTE, "many"],
  7: ["domain", "string"],
});
const GRAPH: Schema = () => ({
  1: ["node", NODE, "many"],
  2: ["name", "string"],
  5: ["initializer", TENSOR, "many"],
  11: ["input", VALUE, "many"],
  12: ["output", VALUE, "many"],
  15: ["sparse_initializer", NOTHING, "many"],
});
const OPSET: Schema = () => ({ 1: ["domain", "string"], 2: ["version", "int"] });

export const MODEL: Schema = () => ({
  1: ["ir_version", "int"],
  2: ["producer_name", "string"],
  7: ["graph", GRAPH],
  8: ["opset_import", OPSET, "many"],
});
