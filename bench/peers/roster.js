/**
 * Who is measured, and how each is started.
 *
 * @typedef {object} Peer
 * @property {string} name for --peers
 * @property {string} title for the table
 * @property {string[]} command the program and its arguments
 */
import { fileURLToPath } from "node:url";

/** @param {string} file */
const here = file => fileURLToPath(new URL(file, import.meta.url));

/** @param {string} name @param {string} title @param {string} module @param {string} [variant] @returns {Peer} */
const node = (name, title, module, variant = "") => ({
  name,
  title,
  command: [process.execPath, here("host.js"), module, variant],
});

/** @param {string} name @param {string} title @param {string} variable the environment's word for which Python @returns {Peer} */
const python = (name, title, variable) => ({
  name,
  title,
  command: [process.env[variable] || "python3", "-u", here(`peers/${name}_peer.py`)],
});

export const ours = node("ours", "wasm-lstm", "ours");

/** @type {readonly Peer[]} */
export const peers = [
  node("tfjs-wasm", "tfjs wasm", "tfjs", "wasm"),
  node("tfjs-cpu", "tfjs cpu", "tfjs", "cpu"),
  node("ort-web", "onnxruntime-web", "ort", "web"),
  node("ort-node", "onnxruntime-node", "ort", "node"),
  node("brain", "brain.js", "brain"),
  python("keras", "Keras on TensorFlow", "KERAS_PYTHON"),
  python("torch", "PyTorch", "TORCH_PYTHON"),
];
