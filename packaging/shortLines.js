// Minified code in lines of at most 400 characters, so that Node prints a readable line where something throws, with marks for bundlers;
// and its source map.
import { parseAst } from "rolldown/parseAst";
import { pureCalls } from "./pureCalls.js";

const LONGEST = 400;
const PURE = "/*@__PURE__*/";
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** A number of a source map, as it is written there. */
function written(number) {
  let rest = number < 0 ? -number * 2 + 1 : number * 2;
  let text = "";
  do {
    text += DIGITS[(rest & 31) | (rest > 31 ? 32 : 0)];
    rest >>>= 5;
  } while (rest > 0);
  return text;
}

/** The numbers of a segment of a source map. */
function numbersOf(segment) {
  const numbers = [];
  let [value, shift] = [0, 0];
  for (const letter of segment) {
    const digit = DIGITS.indexOf(letter);
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >>> 1) : value >>> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}

/** Calls back with every node of a program. */
function walk(node, visit) {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (typeof child?.type === "string") walk(child, visit);
  }
}

/**
 * What to insert where: line breaks after punctuation where a line would be too long, which changes nothing, and
 * in texts that are too long for a line.
 *
 * @param {string} code
 * @returns {[at: number, text: string][]} in order; the text that is inserted ends a line
 */
function insertions(code) {
  const places = new Set([code.length]);
  const inserted = new Map();
  const insert = (at, text) => inserted.set(at, (inserted.get(at) ?? "") + text);
  const program = parseAst(code);
  const { calls, whole } = pureCalls(program);
  for (const [from, to] of whole) {
    insert(from, `${PURE}(()=>(`);
    insert(to, "))()");
    places.add(from);
  }
  for (const place of calls) {
    if (code.slice(0, place).trimEnd().endsWith("*/")) continue; // it has a mark already
    insert(place, PURE);
    places.add(place);
  }
  const tagged = new Set(); // where a template begins that its tag wants as it is
  walk(program, ({ type, value, quasi, quasis, start, end }) => {
    if (type === "TaggedTemplateExpression") tagged.add(quasi.start);
    if (",;{}([=?:&|".includes(code[start - 1]) && type !== "TemplateElement") places.add(start);
    const isText = type === "Literal" ? typeof value === "string" : type === "TemplateLiteral" && quasis.length === 1;
    if (!isText || end - start <= LONGEST || tagged.has(start)) return;
    const quote = code[start];
    const text = code.slice(start, end);
    if (text.includes("\\")) throw new Error(`shortLines: expected no \\ in a long text, got ${text.slice(0, 80)}`);
    insert(start, "(\n");
    for (let at = start + LONGEST - 10; at < end - 1; at += LONGEST - 10) insert(at, `${quote}+\n${quote}`);
    insert(end, "\n)");
  });
  for (let at = code.indexOf("\n"); at >= 0; at = code.indexOf("\n", at + 1)) places.add(at + 1);
  let begin = 0;
  let last = 0;
  for (const place of [...new Set([...places, ...inserted.keys()])].sort((a, b) => a - b)) {
    if (place - begin > LONGEST - PURE.length && last > begin) {
      inserted.set(last, `\n${inserted.get(last) ?? ""}`);
      begin = last - (inserted.get(last).length - 1);
    }
    const text = inserted.get(place) ?? "";
    if (text.includes("\n") || code[place - 1] === "\n") begin = place;
    else begin -= text.length;
    last = places.has(place) ? place : begin;
  }
  return [...inserted].sort(([a], [b]) => a - b);
}

/** Code in which something is inserted, perhaps in the place of what is removed: [at, text, how much is removed]. */
function replaced(code, inserted) {
  let at = 0;
  const pieces = inserted.map(([place, text, removed = 0]) => {
    const piece = code.slice(at, place) + text;
    at = place + removed;
    return piece;
  });
  return pieces.join("") + code.slice(at);
}

/** The mappings of that code. */
function moved(mappings, code, inserted) {
  let begin = 0; // of the line, in the code as it was
  let next = 0;
  let [newBegin, before] = [0, 0]; // where the present new line begins, and how many characters of it are inserted
  return mappings
    .split(";")
    .map((line, i) => {
      if (i > 0) {
        begin = code.indexOf("\n", begin) + 1;
        [newBegin, before] = [begin, 0];
      }
      const pieces = [];
      let begun = false; // whether the new line has a segment
      let [column, newColumn] = [0, 0];
      for (const segment of line.split(",").filter(Boolean)) {
        const [step, ...rest] = numbersOf(segment);
        column += step;
        for (; next < inserted.length && inserted[next][0] <= begin + column; next++) {
          const [at, piece, removed = 0] = inserted[next];
          const lines = piece.split("\n");
          if (lines.length === 1) before += piece.length - removed;
          else {
            pieces.push(";".repeat(lines.length - 1));
            [newBegin, before, newColumn, begun] = [at, lines.at(-1).length, 0, false];
          }
        }
        const now = begin + column - newBegin + before;
        pieces.push(begun ? "," : "", ...[now - newColumn, ...rest].map(written));
        [newColumn, begun] = [now, true];
      }
      return pieces.join("");
    })
    .join(";");
}

/** A letter as it may stand in texts and regular expressions: where all is ASCII, runtimes keep code in half the memory. */
const escaped = letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;

/**
 * @param {string} code
 * @param {string} mappings of its source map
 * @returns {{ code: string, mappings: string }} the same in short lines
 */
export function inShortLines(code, mappings) {
  const letters = [...code.matchAll(/[^\0-\x7f]/g)].map(({ 0: letter, index }) => [index, escaped(letter), 1]);
  const ascii = replaced(code, letters);
  const inserted = insertions(ascii);
  return { code: replaced(ascii, inserted), mappings: moved(moved(mappings, code, letters), ascii, inserted) };
}
