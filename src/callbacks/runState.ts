/** The state of a run as a file has it, of which nothing is believed. */
import { describe } from "../describe.ts";
import { expectInteger } from "../expect.ts";
import { isObject, isRecord } from "../isObject.ts";
import type { RunState, SavedRun } from "./callback.ts";

/** Numbers that JSON has not. */
const ODD: Record<string, number> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};
const BLOCK = "run/numbers";

/** Plain data, with Float32Arrays, as JSON and those by name. */
export function packed(state: unknown): SavedRun {
  const numbers = new Map<string, Float32Array>();
  const json = (value: unknown): unknown => {
    if (value instanceof Float32Array) {
      const name = `${BLOCK}/${numbers.size}`;
      numbers.set(name, value.slice());
      return { "#": name };
    }
    if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) return { "#": String(value) };
    if (Array.isArray(value)) return value.map(json);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, json(own)]));
  };
  return { json: json(state), numbers };
}

const bad = (what: string, value: unknown): never => {
  throw new RangeError(`model file: the state of its training is damaged: expected ${what}, got ${describe(value)}`);
};

function unpacked({ json, numbers }: SavedRun): unknown {
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (!isObject(value)) return value;
    const name = (value as Record<string, unknown>)["#"];
    if (typeof name !== "string")
      return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, plain(own)]));
    return ODD[name] ?? numbers.get(name)?.slice() ?? bad("numbers", name);
  };
  return plain(json);
}

const isNumber = (value: unknown): value is number => typeof value === "number";
const areNumbers = (value: unknown): value is number[] => Array.isArray(value) && value.every(isNumber);

/** A state that `packed` packed, checked. */
export function expectRun(saved: SavedRun): RunState {
  const state = unpacked(saved);
  if (!isRecord(state)) return bad("an object", state);
  const { epoch, told, logs, history, epochs, stopReason, data, states, callbacks } = state;
  const whole = (value: unknown): number => expectInteger(value, "model file: the state of its training", 0);
  if (!isRecord(logs) || !Object.values(logs).every(isNumber)) bad("logs", logs);
  if (!isRecord(history) || !Object.values(history).every(areNumbers)) bad("a history", history);
  if (!areNumbers(epochs)) bad("numbers of epochs", epochs);
  if (stopReason !== undefined && typeof stopReason !== "string") bad("a reason", stopReason);
  if (!areNumbers(data) || data.length !== 2) bad("a place in the data", data);
  if (!Array.isArray(callbacks)) bad("states of callbacks", callbacks);
  const isState = (value: unknown): boolean =>
    Array.isArray(value) &&
    typeof value[0] === "string" &&
    Array.isArray(value[1]) &&
    value[1].every(own => own instanceof Float32Array);
  if (!Array.isArray(states) || !states.every(isState)) bad("states of layers", states);
  (data as number[]).forEach(whole);
  return { ...(state as unknown as RunState), epoch: whole(epoch), told: whole(told) };
}
