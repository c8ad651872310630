/** Model files that are nearly right: their JSON changed where it says something, their numbers where they stand. */
import fc from "fast-check";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface Parts {
  /** Of the container, without the architecture */
  header: { [name: string]: Json };
  /** The architecture and everything else that is JSON inside it */
  model: Json;
  body: Uint8Array<ArrayBuffer>;
}

export function partsOf(file: Uint8Array<ArrayBuffer>): Parts {
  const start = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
  const { __metadata__: metadata, ...header } = JSON.parse(new TextDecoder().decode(file.subarray(8, start)));
  return { header, model: JSON.parse(metadata.model), body: file.slice(start) };
}

export function fileOf({ header, model, body }: Parts, format: Json = "wasm-lstm/1"): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(
    JSON.stringify({ __metadata__: { format, model: JSON.stringify(model) }, ...header }),
  );
  const file = new Uint8Array(8 + head.length + body.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(head.length), true);
  file.set(head, 8);
  file.set(body, 8 + head.length);
  return file;
}

/** A change, by numbers that choose: so that any of them fits any file, and a failure shrinks. */
export type Mutation = (parts: Parts) => Parts;

const ODD: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  2,
  0.5,
  1e-320,
  1e9,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e300,
  "",
  "lstm",
  "linear",
  "constructor",
  "__proto__",
  "prototype",
  "length",
  "toString",
  "a\nb",
  "x".repeat(3000),
  [],
  [[]],
  [null],
  [-1],
  [1e9, 1e9],
  {},
  { length: 3 },
  { name: "sgd" },
  { kind: "lstm" },
];

type Path = readonly (string | number)[];

function pathsOf(value: Json, path: Path = [], found: Path[] = []): Path[] {
  found.push(path);
  if (typeof value === "object" && value !== null) {
    for (const key of Object.keys(value)) pathsOf((value as { [name: string]: Json })[key], [...path, key], found);
  }
  return found;
}

const at = (root: Json, path: Path): Json =>
  path.reduce<Json>((value, key) => (value as { [name: string]: Json })[key], root);

/** The same with another value at a path; undefined takes it away. */
function put(root: Json, path: Path, value: Json | undefined): Json {
  if (path.length === 0) return value ?? null;
  const copy = structuredClone(root);
  const parent = at(copy, path.slice(0, -1)) as { [name: string]: Json };
  const key = path[path.length - 1];
  if (value !== undefined) {
    Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
  } else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return copy;
}

const many = fc.nat(1e6);

/** A change of a JSON value. */
const ofJson: fc.Arbitrary<(root: Json) => Json> = fc.oneof(
  fc.tuple(many, fc.option(fc.constantFrom(...ODD), { nil: undefined })).map(([where, value]) => (root: Json) => {
    const paths = pathsOf(root);
    return put(root, paths[where % paths.length], value);
  }),
  fc.tuple(many, fc.jsonValue({ maxDepth: 2 })).map(([where, value]) => (root: Json) => {
    const paths = pathsOf(root);
    return put(root, paths[where % paths.length], value as Json);
  }),
  // One part in place of another: what fits elsewhere.
  fc.tuple(many, many).map(([to, from]) => (root: Json) => {
    const paths = pathsOf(root);
    return put(root, paths[to % paths.length], structuredClone(at(root, paths[from % paths.length])));
  }),
  // A number somewhat different.
  fc.tuple(many, fc.constantFrom(-1, 1, 7, -7, 1e6)).map(([where, step]) => (root: Json) => {
    const paths = pathsOf(root).filter(path => typeof at(root, path) === "number");
    const path = paths[where % Math.max(1, paths.length)];
    return path ? put(root, path, (at(root, path) as number) + step) : root;
  }),
  // A list with an entry more than once.
  fc.tuple(many, many, fc.integer({ min: 1, max: 60 })).map(([where, which, times]) => (root: Json) => {
    const paths = pathsOf(root).filter(path => Array.isArray(at(root, path)) && (at(root, path) as Json[]).length > 0);
    const path = paths[where % Math.max(1, paths.length)];
    if (!path) return root;
    const list = at(root, path) as Json[];
    return put(root, path, [...list, ...new Array<Json>(times).fill(structuredClone(list[which % list.length]))]);
  }),
  // A list in another order.
  many.map(where => (root: Json) => {
    const paths = pathsOf(root).filter(path => Array.isArray(at(root, path)));
    const path = paths[where % Math.max(1, paths.length)];
    return path ? put(root, path, [...(at(root, path) as Json[])].reverse()) : root;
  }),
);

const NUMBERS = [NaN, Infinity, -Infinity, 3.4e38, 1e-45, 0, -0, 1e10];

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  {
    weight: 6,
    arbitrary: ofJson.map(
      (change): Mutation =>
        parts => ({ ...parts, model: change(parts.model) }),
    ),
  },
  {
    weight: 2,
    arbitrary: ofJson.map(
      (change): Mutation =>
        parts => {
          const header = change(parts.header);
          const fits = typeof header === "object" && header !== null && !Array.isArray(header);
          return { ...parts, header: fits ? header : parts.header };
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(many, fc.constantFrom(...NUMBERS)).map(
      ([where, value]): Mutation =>
        parts => {
          const body = parts.body.slice();
          if (body.length >= 4) new DataView(body.buffer).setFloat32(4 * (where % (body.length >> 2)), value, true);
          return { ...parts, body };
        },
    ),
  },
  {
    weight: 1,
    arbitrary: many.map(
      (where): Mutation =>
        parts => ({ ...parts, body: parts.body.slice(0, where % (parts.body.length + 1)) }),
    ),
  },
);

/** Changes of the bytes of a file, of whatever they mean. */
export const ofBytes: fc.Arbitrary<(file: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>> = fc.oneof(
  fc
    .array(fc.tuple(many, fc.nat(255)), { minLength: 1, maxLength: 8 })
    .map(changes => (file: Uint8Array<ArrayBuffer>) => {
      const copy = file.slice();
      for (const [where, byte] of changes) copy[where % copy.length] = byte;
      return copy;
    }),
  many.map(where => (file: Uint8Array<ArrayBuffer>) => file.slice(0, where % file.length)),
  fc.tuple(many, many, many).map(([from, to, size]) => (file: Uint8Array<ArrayBuffer>) => {
    const copy = file.slice();
    const begin = from % file.length;
    copy.set(file.slice(begin, begin + (size % 64)).subarray(0, file.length - (to % file.length)), to % file.length);
    return copy;
  }),
);
