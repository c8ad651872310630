import { describe, expect, it } from "vitest";
import { expectBoolean, expectInteger, expectNumber, expectOneOf, expectOptions, showShape } from "../src/expect.ts";
import { expectError } from "./helpers/models.ts";

type Case = [unknown, "TypeError" | "RangeError", string];

describe("expectInteger", () => {
  it("returns whole numbers from the minimum on", () => {
    expect(expectInteger(1, "n")).toBe(1);
    expect(expectInteger(0, "n", 0)).toBe(0);
    expect(expectInteger(2 ** 53 - 1, "n")).toBe(2 ** 53 - 1);
  });

  it.each<Case>([
    [0, "RangeError", "0"],
    [-3, "RangeError", "-3"],
    [1.5, "RangeError", "1.5"],
    [2 ** 53, "RangeError", "9007199254740992"],
    [Number.NaN, "RangeError", "NaN"],
    [Number.POSITIVE_INFINITY, "RangeError", "Infinity"],
    ["3", "TypeError", '"3"'],
    [null, "TypeError", "null"],
    [undefined, "TypeError", "undefined"],
    [[3], "TypeError", "an array of 1"],
    [3n, "TypeError", "a bigint"],
  ])("refuses %s", async (value, type, got) => {
    await expectError(
      () => expectInteger(value, "lstm units"),
      type,
      `lstm units: expected a whole number >= 1, got ${got}`,
    );
  });
});

describe("expectNumber", () => {
  it("returns finite numbers, both ends of the range included", () => {
    expect(expectNumber(-1e300, "n")).toBe(-1e300);
    expect(expectNumber(0, "n", 0, 1)).toBe(0);
    expect(expectNumber(1, "n", 0, 1)).toBe(1);
  });

  it.each<Case>([
    [Number.NaN, "RangeError", "NaN"],
    [Number.POSITIVE_INFINITY, "RangeError", "Infinity"],
    ["1", "TypeError", '"1"'],
    [true, "TypeError", "true"],
  ])("refuses %s", async (value, type, got) => {
    await expectError(() => expectNumber(value, "rate"), type, `rate: expected a finite number, got ${got}`);
    await expectError(() => expectNumber(value, "rate", 0, 1), type, `rate: expected a number in [0, 1], got ${got}`);
  });

  it("refuses numbers beyond the range", async () => {
    await expectError(
      () => expectNumber(-0.1, "rate", 0, 1),
      "RangeError",
      "rate: expected a number in [0, 1], got -0.1",
    );
    await expectError(
      () => expectNumber(1.1, "rate", 0, 1),
      "RangeError",
      "rate: expected a number in [0, 1], got 1.1",
    );
    await expectError(() => expectNumber(-1, "n", 0), "RangeError", "n: expected a number >= 0, got -1");
  });
});

describe("expectBoolean", () => {
  it("returns true and false", () => {
    expect([expectBoolean(true, "b"), expectBoolean(false, "b")]).toEqual([true, false]);
  });

  it.each([
    [1, "1"],
    ["true", '"true"'],
    [null, "null"],
    [undefined, "undefined"],
  ])("refuses %j", async (value, got) => {
    await expectError(
      () => expectBoolean(value, "shuffle"),
      "TypeError",
      `shuffle: expected true or false, got ${got}`,
    );
  });
});

describe("expectOneOf", () => {
  it("returns a name of the list", () => {
    expect(expectOneOf("b", ["a", "b"], "mode")).toBe("b");
  });

  it.each<Case>([
    ["c", "RangeError", '"c"'],
    ["constructor", "RangeError", '"constructor"'],
    ["", "RangeError", '""'],
    [1, "TypeError", "1"],
    [["a"], "TypeError", "an array of 1"],
  ])("refuses %j", async (value, type, got) => {
    await expectError(() => expectOneOf(value, ["a", "b"], "mode"), type, `mode: expected one of a, b, got ${got}`);
  });
});

describe("expectOptions", () => {
  it("takes any of the known options", () => {
    expectOptions({}, [], "f");
    expectOptions({ a: 1 }, ["a", "b"], "f");
    expectOptions(Object.create(null), ["a"], "f");
  });

  it.each([
    [null, "null"],
    [undefined, "undefined"],
    [5, "5"],
    [[], "an array of 0"],
    ["a", '"a"'],
    [() => 1, "a function"],
  ])("refuses %s", async (value, got) => {
    await expectError(() => expectOptions(value, ["a"], "f"), "TypeError", `f: expected an options object, got ${got}`);
  });

  it("refuses an option that is not known, in one line", async () => {
    const known = "known options are a, b";
    await expectError(
      () => expectOptions({ a: 1, c: 2 }, ["a", "b"], "f"),
      "TypeError",
      `f: unknown option "c"; ${known}`,
    );
    await expectError(
      () => expectOptions({ "x\ny": 2 }, ["a", "b"], "f"),
      "TypeError",
      `f: unknown option "x\\ny"; ${known}`,
    );
    const polluted = JSON.parse('{"__proto__": 1}');
    await expectError(
      () => expectOptions(polluted, ["a", "b"], "f"),
      "TypeError",
      `f: unknown option "__proto__"; ${known}`,
    );
  });
});

describe("showShape", () => {
  it("shows null as any", () => {
    expect(showShape(["N", null, 3])).toBe("[N, any, 3]");
    expect(showShape([])).toBe("[]");
  });
});
