/** A peer in a process of its own, which is asked in lines of JSON and answers in the same order. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** The peer took longer than it may. */
export class TooSlow extends Error {}

// One thread for every library that would take more by itself.
const ONE_THREAD = { OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };

export class Child {
  /** @type {import("node:child_process").ChildProcessWithoutNullStreams | undefined} */
  #process;
  /** @type {((answer: any) => void) | undefined} */
  #answer;
  #complaints = "";

  /** @param {readonly string[]} command */
  constructor(command) {
    this.command = command;
  }

  #start() {
    const [program, ...args] = this.command;
    this.#complaints = "";
    const child = spawn(program, args, { env: { ...process.env, ...ONE_THREAD } });
    const ended = (/** @type {string} */ why) => {
      if (this.#process !== child) return;
      this.#process = undefined;
      this.#answer?.({ error: `${why}${this.#complaints ? `: ${lastLine(this.#complaints)}` : ""}` });
    };
    child.on("error", error => ended(error.message));
    child.on("close", code => ended(`ended with code ${code}`));
    child.stdin.on("error", () => {}); // a child that ended: "close" tells
    child.stderr.on("data", text => {
      this.#complaints = (this.#complaints + text).slice(-4000);
    });
    createInterface({ input: child.stdout }).on("line", line => {
      if (line.startsWith("{")) this.#answer?.(JSON.parse(line));
    });
    this.#process = child;
  }

  /**
   * Asks; the process starts with the first question and again after it has ended.
   *
   * @param {object} question
   * @param {number} seconds to wait at most
   * @returns {Promise<any>} the answer
   * @throws TooSlow, and then the process is gone; Error with what the peer complained about
   */
  async ask(question, seconds) {
    if (!this.#process) this.#start();
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    try {
      const answer = await new Promise((resolve, reject) => {
        this.#answer = resolve;
        timer = setTimeout(() => {
          this.stop();
          reject(new TooSlow(`no answer within ${seconds} s`));
        }, 1000 * seconds);
        this.#process?.stdin.write(`${JSON.stringify(question)}\n`);
      });
      if (answer.error) throw new Error(answer.error);
      return answer;
    } finally {
      clearTimeout(timer);
      this.#answer = undefined;
    }
  }

  /** Ends the process, if there is one. */
  stop() {
    const child = this.#process;
    this.#process = undefined;
    child?.kill("SIGKILL");
  }
}

/** @param {string} text */
const lastLine = text => text.trim().split("\n").at(-1) ?? "";
