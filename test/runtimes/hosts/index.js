/** Every runtime that tests and measurements know. A new one is a file beside this, and a line here. */
import { arm64 } from "./arm64.js";
import { bun } from "./bun.js";
import { chromium } from "./chromium.js";
import { deno } from "./deno.js";
import { firefox } from "./firefox.js";
import { node22, node24, ownNode } from "./node.js";
import { webkit } from "./webkit.js";

export { arm64, bun, chromium, deno, firefox, node22, node24, ownNode, webkit };

/** @type {import("./host.js").Host[]} */
export const hosts = [ownNode, node22, node24, deno, bun, chromium, firefox, webkit, arm64];
