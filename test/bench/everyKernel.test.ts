/** `npm run bench:kernels` has every kernel: those of a recurrent cell by the name of the cell. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

/** Kernels that have no loop of their own to be timed, or are part of one that is. */
const PARTS = new Map([
  [
    "sizes, asked once",
    /^(\w*Scratch|inputSumsLimit|inputSumsRows|scratchSize|useScratch|ctcWidth|ctcWork|packedSize)$/,
  ],
  ["one word", /^pointToRow$/],
  ["the roof itself, which the harness measures", /^multiplyAddPeak$/],
  ["a step of a stream: the arithmetic is that of the cell's Forward", /Step(s?Together)?$/],
  ["cuts of what is measured whole, for threads", /^recurrentPack(Transposed)?Part$|^recurrentPadGates$/],
  [
    "forms of the LSTM with other numbers of gates, of lstmVariant",
    /^lstm(Coupled|Projected|CoupledProjected)(Forward|Backward)$/,
  ],
  [
    "measured by npm run bench:cells, as parts of their layers",
    /^mLstm(Forward|Backward)$|^missing(Forward|InputGradient|DecayGradient)$/,
  ],
  ["weightGradient of rows that a mask chooses", /^maskedWeightGradient$/],
]);

it("every kernel that is exported is in the bench, or in the list of those that need not be", () => {
  const exported = [...read("assembly/index.ts").matchAll(/export \{([^}]*)\}/g)].flatMap(([, list]) =>
    list
      .split(",")
      .map(name => name.trim())
      .filter(name => name !== ""),
  );
  expect(exported.length).toBeGreaterThan(150);
  const files = readdirSync(new URL("../../bench/kernels", import.meta.url)).map(file => `bench/kernels/${file}`);
  const words = new Set([...files, "src/cli/bench/products.ts"].flatMap(file => read(file).match(/\w+/g) ?? []));
  const cells = [...read("bench/cells/kinds.js").matchAll(/kernel: "(\w+)"/g)].map(([, name]) => name);
  for (const cell of cells) for (const way of ["Forward", "Backward"]) words.add(`${cell}${way}`);
  const missing = exported.filter(name => !words.has(name) && ![...PARTS.values()].some(part => part.test(name)));
  expect(missing).toEqual([]);
  for (const [why, part] of PARTS)
    expect(
      exported.some(name => part.test(name)),
      why,
    ).toBe(true);
});

it("its engine has all families of kernels", () => {
  const families = readdirSync(new URL("../../src/engine/families", import.meta.url));
  const engine = read("src/cli/bench/engine.ts");
  expect(families.filter(file => !engine.includes(`families/${file}`))).toEqual([]);
});
