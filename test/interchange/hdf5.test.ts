import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readHdf5 } from "../../src/interchange/hdf5/read.ts";

const file = (name: string) => new Uint8Array(readFileSync(new URL(`../fixtures/hdf5/${name}.h5`, import.meta.url)));
const open = (name: string) => readHdf5(file(name));
/** What make_hdf5.py writes. */
const numbers = (size: number, more = 0) => Array.from({ length: size }, (_, k) => ((k * k) % 97) - 40 + more);

describe("groups", () => {
  const root = open("old");

  it("have attributes of texts", () => {
    expect(root.attribute("text")).toBe("Grüße");
    expect(root.attribute("fixed")).toBe("fixed");
    expect(root.attribute("texts")).toEqual(["a", "", "ccc"]);
    for (const name of ["none", "number", "whole", "absent"]) expect(root.attribute(name)).toBeUndefined();
    for (let i = 0; i < 20; i++) expect(root.get("many")?.attribute(`attribute_${i}`)).toBe(`value ${i}`);
  });

  it("lead to datasets of every shape", () => {
    expect(root.names.sort()).toEqual(["few", "many", "types"]);
    expect(root.get("few")?.shape).toBeUndefined();
    expect(root.get("few/lost")).toBeUndefined();
    const deep = root.get("few/deep");
    expect(deep?.get("scalar")?.shape).toEqual([]);
    expect(deep?.get("scalar")?.read()).toEqual(Float32Array.of(1.5));
    expect(deep?.get("row")?.read()).toEqual(Float32Array.from(numbers(5)));
    expect(deep?.get("matrix")?.shape).toEqual([7, 3]);
    expect(deep?.get("matrix")?.read()).toEqual(Float32Array.from(numbers(21)));
    expect(deep?.get("empty")?.read()).toEqual(new Float32Array());
    expect(deep?.get("unwritten")?.read()).toEqual(new Float32Array(6));
    const many = root.get("many");
    expect(many?.names.length).toBe(40);
    for (let i = 0; i < 40; i++) expect(many?.get(`name_${i}`)?.read()).toEqual(Float32Array.from(numbers(2, i)));
  });

  it("have numbers of Keras' types, or say which they are", () => {
    const types = root.get("types");
    const wanted = numbers(6);
    for (const type of ["f8", "i4", "i8"]) {
      expect(types?.get(type)?.type).toBe(type);
      expect(types?.get(type)?.read()).toEqual(Float64Array.from(wanted));
    }
    for (const type of ["f2", "i1", "u1", "u4"]) {
      expect(types?.get(type)?.type).toBe(type);
      expect(() => types?.get(type)?.read()).toThrow(`has ${type} where float32 is expected`);
    }
    expect(() => types?.get("big_f4")?.read()).toThrow("has big-endian numbers where float32");
    expect(() => types?.get("big_i4")?.read()).toThrow("big-endian numbers");
  });
});

describe("datasets", () => {
  it("in forms that Keras does not write are refused, with what to do", () => {
    for (const root of [open("chunks"), open("compact")]) {
      for (const name of root.names)
        expect(() => root.get(name)?.read()).toThrow(
          "in headers, in chunks, packed, or in other files, which is not read: copy it",
        );
    }
    expect(() => open("latest")).toThrow("a superblock of version 3, which is not read: copy it with h5py's defaults");
    expect(() => open("links").get("here")).toThrow('has a soft link, "soft", which is not read');
  });
});

it("what is no HDF5 file is refused", () => {
  expect(() => readHdf5(new Uint8Array(100))).toThrow("does not begin as HDF5 does");
  const old = file("old");
  expect(() => readHdf5(old.slice(0, 60))).toThrow("points outside of the file");
  old[8] = 4;
  expect(() => readHdf5(old)).toThrow("a superblock of version 4");
});
