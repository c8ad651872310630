/** More models than a runtime has room for memories: they share one. */
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { bundle } from "./bundle.js";
import { workerd } from "./hosts/edge.js";
import { INSTALL } from "./hosts/host.js";
import { chromium, firefox, ownNode } from "./hosts/index.js";

const body = new URL("bodies/manyModels.ts", import.meta.url);

it.for([ownNode, chromium, firefox, workerd])(
  "1,000 LSTM(16) live in $name",
  { timeout: 120_000 },
  async (host, { skip }) => {
    if (!host.installed()) skip(`${host.name} is not installed: ${INSTALL}`);
    const script = host === workerd ? fileURLToPath(body) : await bundle(body);
    expect(await host.run(script, { count: 1000 })).toEqual({ count: 1000, alike: 3, trained: true });
  },
);
