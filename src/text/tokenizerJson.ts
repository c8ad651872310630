/** What a fitted tokenizer is, as plain JSON: the form in which it travels inside a saved model. */
import { expectBoolean, expectOneOf } from "../expect.ts";
import { isArray, isObject, isReadable } from "../isObject.ts";
import { describe } from "../ndarray.ts";
import type { Splitting } from "./split.ts";

export interface TokenizerJSON extends Splitting {
  markers: boolean;
  /** By their ids, from the first that stands for a token */
  tokens: string[];
}

/**
 * Checks untrusted JSON and copies what belongs to a tokenizer.
 *
 * @throws TypeError for a wrong type, RangeError for a wrong value; both name the entry
 */
export function expectTokenizerJSON(json: unknown, what: string): TokenizerJSON {
  if (!isObject(json) || !isReadable(json) || Array.isArray(json)) {
    throw new TypeError(`${what}: expected the object that toJSON() gives, got ${describe(json)}`);
  }
  const { level, lower, punctuation, markers, tokens } = json as Record<string, unknown>;
  if (!isArray(tokens)) throw new TypeError(`${what}: tokens: expected an array of texts, got ${describe(tokens)}`);
  if (tokens.length === 0) throw new RangeError(`${what}: tokens: expected at least one, got an empty array`);
  const seen = new Set<string>();
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (typeof token !== "string") {
      throw new TypeError(`${what}: tokens[${i}]: expected a text, got ${describe(token)}`);
    }
    if (token === "" || seen.has(token)) {
      throw new RangeError(`${what}: tokens[${i}]: expected a token of its own, got ${describe(token)}`);
    }
    seen.add(token);
  }
  return {
    level: expectOneOf(level, ["words", "characters"], `${what}: level`),
    lower: expectBoolean(lower, `${what}: lower`),
    punctuation: expectBoolean(punctuation, `${what}: punctuation`),
    markers: expectBoolean(markers, `${what}: markers`),
    tokens: [...seen],
  };
}
