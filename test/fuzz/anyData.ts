/** Data of any kind for properties: numbers in a regular shape, such with something else in them, and odd values. */
import fc from "fast-check";

export const number = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -9, max: 9 }) },
  fc.double(),
  fc.constantFrom(NaN, Infinity, -0, 1e39, 1.7e9, 5e-324, 2 ** 53),
);
const KINDS = [
  Float32Array,
  Float64Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
] as const;
const typed = fc
  .tuple(fc.constantFrom(...KINDS), fc.array(number, { maxLength: 6 }))
  .map(([Kind, list]) => Kind.from(list));

function gone<View extends ArrayBufferView>(view: View): View {
  structuredClone(0, { transfer: [view.buffer as ArrayBuffer] });
  return view;
}

/** Values are made when they are needed: fast-check itself cannot look at all of them. */
export type Made = () => unknown;
export const made =
  (value: unknown): Made =>
  () =>
    value;

function cyclic(): unknown {
  const list: unknown[] = [];
  list.push(list);
  return list;
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable<unknown[]>([], {});
  revoke();
  return proxy;
}

/** Values that are no data at all. */
export const odd: fc.Arbitrary<Made> = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, true, "", "1", 1n, Symbol("s"), new Date(0), {}, [], new Map()).map(made),
  fc.constantFrom<Made>(
    cyclic,
    revoked,
    () => () => 1,
    () => new BigInt64Array(2),
    () => new DataView(new ArrayBuffer(8)),
  ),
  typed.map(view => () => gone(view.slice())),
  fc
    .constantFrom<unknown>(-1, NaN, 1.5, 2 ** 32, "3", undefined)
    .map(
      claim => () => new Proxy([1, 2], { get: (target, key) => (key === "length" ? claim : Reflect.get(target, key)) }),
    ),
  fc.nat(2 ** 32 - 1).map(length => () => Object.assign([1], { length })),
  fc.anything({ maxDepth: 2, withBigInt: true, withDate: true, withTypedArray: true, withSparseArray: true }).map(made),
);

/** Nested arrays of a regular shape, sometimes with something else in them. */
export const nested = fc
  .tuple(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }), fc.array(number, { minLength: 1 }))
  .map(([shape, numbers]) => {
    let next = 0;
    const make = (axis: number): unknown =>
      axis === shape.length
        ? numbers[next++ % numbers.length]
        : Array.from({ length: shape[axis] }, () => make(axis + 1));
    return make(0) as unknown[];
  });

const spoiled: fc.Arbitrary<Made> = fc
  .tuple(nested, fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }), odd)
  .map(([list, path, value]) => () => {
    const copy = structuredClone(list);
    let row: unknown[] = copy;
    for (const step of path.slice(0, -1)) {
      const next = row[step];
      if (!Array.isArray(next)) break;
      row = next;
    }
    row[path[path.length - 1]] = value();
    return copy;
  });

const shaped: fc.Arbitrary<Made> = fc
  .tuple(
    fc.oneof(fc.array(fc.oneof(fc.integer({ min: -1, max: 5 }), number), { maxLength: 4 }).map(made), odd),
    fc.oneof(fc.array(number, { maxLength: 12 }).map(made), typed.map(made), odd),
  )
  .map(([shape, numbers]) => () => ({ shape: shape(), data: numbers() }));

export const data: fc.Arbitrary<Made> = fc.oneof(
  { weight: 3, arbitrary: nested.map(made) },
  { weight: 3, arbitrary: spoiled },
  { weight: 2, arbitrary: shaped },
  typed.map(made),
  fc.array(typed, { maxLength: 4 }).map(made),
  odd,
);

/** Odd values that can be looked at, for what is no data: options, tensors, callbacks. */
export const value: fc.Arbitrary<Made> = odd.filter(make => make !== revoked);
