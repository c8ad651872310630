/** Gives the event loop its turn now and then, so that a page or a server lives on while a model trains. */
import type { Computing } from "../context.ts";
import { type PatientEngine, patientEngine } from "../engine/turns/patient.ts";
import { pace } from "../engine/turns/workList.ts";
import type { Network } from "../graph/network.ts";
import { finish, type InParts } from "../parts.ts";
import { nextTurn } from "./nextTurn.ts";

export class Turns {
  /** Milliseconds between the last two times that `due` was asked. */
  sinceLook = 0;
  #last = Number.NEGATIVE_INFINITY;

  #looked = 0;

  /** A turn of the event loop to wait for, if the last one is too long ago. */
  due(): Promise<void> | undefined {
    const now = performance.now();
    this.sinceLook = now - this.#looked;
    this.#looked = now;
    return now - this.#last >= pace.turn ? this.give() : undefined;
  }

  async give(): Promise<void> {
    await nextTurn();
    this.#last = this.#looked = performance.now();
  }
}

/** Does a step with the engine, or in parts with one whose calls wait. */
type Make = (computing: Computing) => InParts<void>;

/** Steps of one kind, one after the other: whether they are long the last one tells. */
export class Steps {
  readonly #network: Network;
  readonly #turns: Turns;
  readonly #engine: PatientEngine;
  /** Milliseconds of the last one that was done in turns; 0 where one was done at once after it */
  #took = Number.POSITIVE_INFINITY;

  constructor(network: Network, turns: Turns) {
    this.#network = network;
    this.#turns = turns;
    this.#engine = patientEngine(network.engine);
  }

  /**
   * Does one: at once if it will be short, else with turns in between. To be followed by `Turns.due`.
   *
   * @param make what to do
   */
  take(make: Make): Promise<void> | undefined {
    const took = this.#took || this.#turns.sinceLook;
    if (took > pace.long || this.#engine.line.isTaken) return this.#takeInTurns(make);
    this.#took = 0;
    finish(make(this.#network.engine));
    return undefined;
  }

  async #takeInTurns(make: Make): Promise<void> {
    const leave = await this.#engine.line.enter();
    try {
      await this.#turns.due(); // data may have been looked at for long
      await this.#run(make);
    } finally {
      this.#engine.clear();
      leave();
    }
  }

  async #run(make: Make): Promise<void> {
    const engine = this.#engine;
    const version = this.#network.weightsVersion;
    let worked = -performance.now();
    engine.list.begin();
    const work = make(engine);
    while (!work.next().done) {
      while (engine.waits) {
        if (engine.list.turnDue) {
          worked += performance.now();
          await engine.giveTurn(() => this.#turns.give());
          worked -= performance.now();
        }
        if (this.#network.weightsVersion !== version) {
          // Half of it would be of these weights, half of those: once more, and at once.
          engine.clear();
          work.return();
          return finish(make(this.#network.engine));
        }
        try {
          engine.list.run();
        } catch (error) {
          engine.clear();
          work.throw(error);
        }
      }
    }
    this.#took = worked + performance.now();
  }
}
