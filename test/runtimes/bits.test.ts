/** Training, predictions and streams have the same bits in every runtime, for a net of every cell. */
import { beforeAll, describe, expect, it } from "vitest";
import cells from "./bodies/cells.ts";
import { bundle } from "./bundle.js";
import { INSTALL } from "./hosts/host.js";
import { hosts } from "./hosts/index.js";

describe("a net of every cell learns the same bits", () => {
  let script: string;
  let expected: Record<string, string>;
  beforeAll(async () => {
    script = await bundle(new URL("bodies/cells.ts", import.meta.url));
    expected = await cells();
  });

  it.for(hosts)("in $name", { timeout: 300_000 }, async ({ name, installed, run }, { skip }) => {
    if (!installed()) skip(`${name} is not installed: ${INSTALL}`);
    expect(await run(script)).toEqual(expected);
  });
});
