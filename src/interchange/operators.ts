/** `wasm-lstm/operators`: in a bundle the operators of ONNX that `loadOnnx` has not by itself. */
import { bringOperators } from "./onnx/more/index.ts";

bringOperators();
