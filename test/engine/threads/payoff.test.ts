/** When a pool gives up and when it tries again, by made-up times. */
import { describe, expect, it } from "vitest";
import { Payoff } from "../../../src/engine/threads/payoff.ts";

const WORK = 1;

/** Does the same work for so long, alone and together as the pool would: where alone takes 1 ms. */
function play(payoff: Payoff, begin: number, milliseconds: number, together: number) {
  let now = begin;
  let [forks, all] = [0, 0];
  while (now < begin + milliseconds) {
    all++;
    if (payoff.pays(WORK, now)) {
      forks++;
      now += together;
      payoff.together(WORK, together, now);
    } else {
      now += 1;
      payoff.alone(WORK, 1);
    }
  }
  return { now, share: forks / all, speed: all / (now - begin) };
}

describe("a pool whose forks", () => {
  it("pay off forks nearly always", () => {
    const { share, speed } = play(new Payoff(), 0, 1000, 0.55);
    expect(share).toBeGreaterThan(0.98);
    expect(speed).toBeGreaterThan(0.98 / 0.55);
  });

  it("take twice as long as one thread gives them up, and loses less than a tenth", () => {
    for (const together of [1, 1.2, 2, 4]) {
      const { share, speed } = play(new Payoff(), 0, 5000, together);
      expect(share, `${together}`).toBeLessThan(0.2);
      expect(speed, `${together}`).toBeGreaterThan(0.9);
    }
  });

  it("pay off again are used again within half a second", () => {
    const payoff = new Payoff();
    const busy = play(payoff, 0, 5000, 3);
    const soon = play(payoff, busy.now, 450, 0.55);
    const free = play(payoff, soon.now, 500, 0.55);
    expect(free.share).toBeGreaterThan(0.98);
    expect(play(payoff, free.now, 5000, 3).speed).toBeGreaterThan(0.9);
  });

  it("are of two kinds are judged by the time of each", () => {
    const payoff = new Payoff();
    let forks = 0;
    for (let i = 0, now = 0; i < 1000; i++) {
      for (const [work, alone, together] of [
        [1, 1, 0.55],
        [2, 20, 11],
      ] as const) {
        if (payoff.pays(work, now)) {
          forks++;
          now += together;
          payoff.together(work, together, now);
        } else {
          now += alone;
          payoff.alone(work, alone);
        }
      }
    }
    expect(forks).toBeGreaterThan(1950);
  });

  it("were disturbed for a moment go on", () => {
    const payoff = new Payoff();
    payoff.alone(WORK, 1);
    for (let window = 0; window < 100; window++) {
      for (let i = 0; i < 8; i++) payoff.together(WORK, window % 3 === 0 ? 0.6 : 2, window);
      if (window % 3 === 2) expect(payoff.pays(100 + window, window)).toBe(true); // a new work is never alone at first
    }
  });

  it("were never measured alone are not judged", () => {
    const payoff = new Payoff();
    for (let i = 0; i < 3; i++) payoff.together(WORK, 1000, 1000 * i);
    expect(payoff.pays(WORK, 3000)).toBe(true);
  });

  it("were disturbed when they were measured alone are measured again before they count", () => {
    const payoff = new Payoff();
    payoff.alone(WORK, 1);
    payoff.alone(WORK, 50); // another process had the core
    for (let i = 0; i < 30; i++) payoff.together(WORK, 1.2, i);
    expect(payoff.pays(WORK, 30)).toBe(false);
  });
});
