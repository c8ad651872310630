/** The order of folders that ARCHITECTURE.md tells: no file imports one of a higher floor, types included, and none in a circle. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const source = join(root, "src");

/** Rooms by floor, lowest first: the lines of the table. A room is a folder of src, with a slash, or a file. */
function floorsOf(page: string): string[][] {
  const table = page
    .slice(page.indexOf("## Floors"))
    .split("\n\n")
    .find(block => block.startsWith("|"));
  const lines = table?.split("\n").slice(2) ?? [];
  return lines.map(line => [...(line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, room]) => room));
}

/** What each file of src imports. */
function importsOf(files: readonly string[]): Map<string, string[]> {
  return new Map(
    files.map(file => {
      const specifiers = readFileSync(join(source, file), "utf8").matchAll(/(?:from|import\(?)\s*"(\.[^"]+)"/g);
      return [file, [...specifiers].map(([, specifier]) => join(dirname(file), specifier))];
    }),
  );
}

const roomOf = (file: string): string => (file.includes("/") ? file.slice(0, file.indexOf("/") + 1) : file);

/** Imports that go up, or to another room of the same floor. */
function climbs(imports: Map<string, string[]>, floors: readonly string[][]): string[] {
  const floorOf = (file: string): number => floors.findIndex(rooms => rooms.includes(roomOf(file)));
  return [...imports].flatMap(([from, targets]) =>
    targets
      .filter(to => roomOf(to) !== roomOf(from) && floorOf(to) >= floorOf(from))
      .map(to => `${from} (floor ${floorOf(from)}) imports ${to} (floor ${floorOf(to)})`),
  );
}

/** Files that import one another in a circle, if there are any. */
function circle(imports: Map<string, string[]>): string[] {
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const target of imports.get(file) ?? []) {
      const found = walk(target, [...path, file]);
      if (found.length > 0) return found;
    }
    done.add(file);
    return [];
  };
  for (const file of imports.keys()) {
    const found = walk(file, []);
    if (found.length > 0) return found;
  }
  return [];
}

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && entry.name.endsWith(".ts"))
  .map(entry => relative(source, join(entry.parentPath, entry.name)));
const imports = importsOf(files);
const floors = floorsOf(readFileSync(join(root, "ARCHITECTURE.md"), "utf8"));

it("has a place for every file, once", () => {
  const rooms = floors.flat();
  expect([...new Set(rooms)]).toEqual(rooms);
  expect([...new Set(files.map(roomOf))].sort()).toEqual([...rooms].sort());
});

it("has no import to a higher floor, nor to a neighbour", () => {
  expect(climbs(imports, floors)).toEqual([]);
});

it("has no circle of files", () => {
  expect(circle(imports)).toEqual([]);
});

it("would see two floors in the wrong order, whichever they are", () => {
  for (let i = 0; i + 1 < floors.length; i++) {
    const swapped = [...floors.slice(0, i), floors[i + 1], floors[i], ...floors.slice(i + 2)];
    expect(climbs(imports, swapped), `${floors[i]} and ${floors[i + 1]}`).not.toEqual([]);
  }
});

it("would see a circle", () => {
  expect(
    circle(
      new Map([
        ["a.ts", ["b.ts"]],
        ["b.ts", ["c.ts"]],
        ["c.ts", ["b.ts"]],
      ]),
    ),
  ).toEqual(["b.ts", "c.ts", "b.ts"]);
});
