/** The options of `wasm-lstm convert`, apart from it: the help needs them alone. */
import type { Command } from "./options.ts";

export const TO = ["wasm-lstm", "keras", "h5", "tfjs", "onnx", "torch"] as const;

export const convertCommand: Command = {
  name: "convert",
  positionals: ["model.keras", "model.safetensors"],
  summary:
    "Makes a model file of one program into one of another: wasm-lstm, Keras (.keras, .h5), TensorFlow.js (model.json), ONNX (.onnx).\n" +
    "Weights for PyTorch are written too.\n" +
    "What the file is, its content says; what it becomes, the second name. What cannot be carried over is an error that names it.",
  options: [
    {
      name: "to",
      value: "NAME",
      help: `whatever the second name is: ${TO.join(", ")} (torch: weights for load_state_dict)`,
    },
    { name: "predict-only", help: "leave out what only training needs: loss, optimizer and its state, regularizers" },
  ],
};
