/** `wasm-lstm/threads`: in a bundle the option `threads`. */
import { threading } from "../engine/threads/all.ts";
import { registerThreading } from "../engine/threads/threading.ts";

registerThreading(threading);
