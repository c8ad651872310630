import { afterEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { claim, TICKET, ticketOf } from "../../../src/engine/threads/control.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a ticket", () => {
  it("gives each part once, last first", () => {
    const words = new Int32Array(new SharedArrayBuffer(64));
    words[TICKET] = ticketOf(7, 3);
    expect([claim(words), claim(words), claim(words), claim(words)]).toEqual([2, 1, 0, -1]);
    expect(words[TICKET]).toBe(ticketOf(7, 0));
  });

  it("gives nothing of its fork to a thread that looks away until the next one", () => {
    const words = new Int32Array(new SharedArrayBuffer(64));
    words[TICKET] = ticketOf(1, 1);
    const load = vi.spyOn(Atomics, "load") as unknown as MockInstance<() => number>;
    load.mockImplementationOnce(() => {
      const seen = words[TICKET];
      words[TICKET] = ticketOf(2, 3);
      return seen;
    });
    expect(claim(words)).toBe(2);
    expect(words[TICKET]).toBe(ticketOf(2, 2));
  });

  it("is good for more forks than its bits can number", () => {
    const words = new Int32Array(new SharedArrayBuffer(64));
    for (const fork of [2 ** 23 - 1, 2 ** 23, 2 ** 24 - 1, 2 ** 24, 2 ** 31]) {
      words[TICKET] = ticketOf(fork, 2);
      expect([claim(words), claim(words), claim(words)]).toEqual([1, 0, -1]);
    }
  });
});
