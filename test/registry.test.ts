/** What is made by name, and found again by it. */
import { describe, expect, it } from "vitest";
import { addMakers, expectMade, Registry } from "../src/registry.ts";
import { expectError } from "./helpers/models.ts";

class Tree {
  constructor(readonly height: number) {}
}

const oak = ({ height = 3 }: { height?: number }) => new Tree(height);
const pine = () => new Tree(9);
const trees = () => {
  const registry = new Registry<Tree>({
    what: "tree",
    group: "trees",
    example: "trees.oak()",
    aliases: { fir: "pine" },
    is: value => value instanceof Tree,
  });
  addMakers(registry, { pine, oak });
  return registry;
};

// biome-ignore lint/suspicious/noExplicitAny: the wrong types are the point
const wrong = (value: unknown): any => value;
const REMEDY = "a file holds no code: import the tree and call loadModel(bytes, { trees: ";

describe("a registry", () => {
  it("makes by name, by another name, and of options", () => {
    expect(trees().names).toEqual(["oak", "pine"]);
    expect(expectMade(trees(), "fir").height).toBe(9);
    expect(trees().make("oak", { height: 5 }).height).toBe(5);
    expect(trees().make("oak", null).height).toBe(3);
    const own = new Tree(1);
    expect(expectMade(trees(), own)).toBe(own);
  });

  it("asks first the makers that are given with a file", () => {
    expect(trees().make("oak", {}, { oak: () => new Tree(100) }).height).toBe(100);
    expect(trees().make("elm", {}, { elm: () => new Tree(4) }).height).toBe(4);
  });

  it("takes the same maker twice, and no other one of the name", async () => {
    const registry = trees();
    addMakers(registry, { oak });
    const free = "expected a name of its own, got that of another tree";
    await expectError(() => addMakers(registry, { oak: pine }), "RangeError", `trees.oak: ${free}`);
    await expectError(() => addMakers(registry, { fir: oak }), "RangeError", `trees.fir: ${free}`);
    await expectError(
      () => addMakers(registry, { elm: wrong(5) }),
      "TypeError",
      "trees.elm: expected a function that makes one, got 5",
    );
  });

  it("lists its names, and the one that may have been meant", async () => {
    const one = "tree: expected one of oak, pine, got";
    await expectError(() => expectMade(trees(), "okay"), "RangeError", `${one} "okay", did you mean "oak"?`);
    await expectError(() => expectMade(trees(), "FIR"), "RangeError", `${one} "FIR", did you mean "fir"?`);
    await expectError(() => expectMade(trees(), "xylophone"), "RangeError", `${one} "xylophone"`);
    await expectError(
      () => expectMade(trees(), 5),
      "TypeError",
      "tree: expected a name or one made by trees.oak() and others, got 5",
    );
    await expectError(() => expectMade(trees(), oak), "TypeError", /got a function$/);
  });

  it("says what to do about a name in a file", async () => {
    const one = "model file: tree: expected one of oak, pine, got";
    await expectError(() => trees().make("elm"), "RangeError", `${one} "elm"; ${REMEDY}{ elm } })`);
    await expectError(() => trees().make("a b"), "RangeError", `${one} "a b"; ${REMEDY}{ "a b" } })`);
    await expectError(() => trees().make(undefined), "TypeError", `${one} undefined`);
    await expectError(
      () => trees().make("elm", {}, { ash: oak }),
      "RangeError",
      `model file: tree: expected one of oak, pine, ash, got "elm"; ${REMEDY}{ elm } })`,
    );
    await expectError(
      () => trees().make("elm", {}, { elm: wrong(() => 7) }),
      "TypeError",
      "trees.elm: expected a function that makes a tree, got one that makes 7",
    );
  });

  it("knows nothing of prototypes", async () => {
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      await expectError(() => expectMade(trees(), name), "RangeError", /expected one of oak, pine, got/);
      await expectError(() => trees().make(name, {}, {}), "RangeError", /expected one of oak, pine, got/);
    }
  });

  it("says what is missing when nothing is registered", async () => {
    const empty = new Registry<Tree>({
      what: "tree",
      group: "trees",
      example: "trees.oak()",
      is: value => value instanceof Tree,
    });
    await expectError(
      () => empty.make("oak"),
      "RangeError",
      `model file: tree: expected a name that is registered, got "oak"; ${REMEDY}{ oak } })`,
    );
  });
});
