/** Options stated once: what becomes of values given and left out, and the types that follow. */
import { describe, expect, expectTypeOf, it } from "vitest";
import "../src/standard.ts";
import {
  boolean,
  type Checked,
  checked,
  type Input,
  integer,
  number,
  oneOf,
  option,
  optional,
  options,
  orNull,
} from "../src/options.ts";

const OPTIONS = options({
  /** Must be given */
  units: integer(),
  /** Depends on one that follows */
  bias: optional(boolean, ({ coupled }: { coupled: boolean }) => !coupled),
  coupled: optional(boolean, false),
  mode: optional(orNull(oneOf(["sum", "mul"])), "sum"),
  clip: optional(number(0)),
  sizes: optional(
    option<number[], number>((value, what) => [integer().check(value, what, "")]),
    1,
  ),
});

describe("checked", () => {
  const made = (given: unknown) => checked(given, "layer", OPTIONS);

  it("completes what is left out, in the schema's order", () => {
    const settings = made({ coupled: true, units: 3 });
    expect(settings).toEqual({ units: 3, bias: false, coupled: true, mode: "sum", sizes: [1] });
    expect(Object.keys(settings)).toEqual(["units", "bias", "coupled", "mode", "sizes"]);
  });

  it("takes undefined, and null where it is no value, for left out", () => {
    const given = { units: 3, bias: null, coupled: undefined, mode: null, clip: undefined };
    expect(made(given)).toEqual({ units: 3, bias: true, coupled: false, mode: null, sizes: [1] });
  });

  it.each([
    [undefined, TypeError, "layer: expected an options object, got undefined"],
    [{}, TypeError, "layer units: expected a whole number >= 1, got undefined"],
    [{ units: null }, TypeError, "layer units: expected a whole number >= 1, got null"],
    [{ units: 3, clip: null }, TypeError, "layer clip: expected a number >= 0, got null"],
    [{ units: 3, mode: "max" }, RangeError, 'layer mode: expected one of sum, mul, got "max"'],
    [
      { unit: 3 },
      TypeError,
      'layer: unknown option "unit", did you mean "units"? Known options are units, bias, coupled, mode, clip, sizes',
    ],
  ])("refuses %j", (given, Kind, message) => {
    expect(() => made(given)).toThrow(Kind);
    expect(() => made(given)).toThrow(message);
  });

  it("names options as their owner writes them", () => {
    expect(() => checked({ units: 0 }, "windows", OPTIONS, ": ")).toThrow("windows: units: expected");
  });
});

it("the types follow", () => {
  type Mode = "sum" | "mul" | null;
  expectTypeOf<Input<typeof OPTIONS>>().branded.toEqualTypeOf<{
    units: number;
    bias?: boolean;
    coupled?: boolean;
    mode?: Mode;
    clip?: number;
    sizes?: number;
  }>();
  expectTypeOf<Checked<typeof OPTIONS>>().branded.toEqualTypeOf<{
    units: number;
    bias: boolean;
    coupled: boolean;
    mode: Mode;
    clip?: number;
    sizes: number[];
  }>();
});
