/** The package as it is published, used by its name, has the same bits in every runtime: on the command line as it is. */
import { beforeAll, describe, expect, it } from "vitest";
import { INSTALL } from "./hosts/host.js";
import { arm64, bun, deno, node22, node24, ownNode } from "./hosts/index.js";
import body from "./packed/body.js";
import { makeProject } from "./packed/project.js";

describe("the packed package", () => {
  let folder: string;
  let expected: object;
  beforeAll(async () => {
    expected = await body(); // of the sources
    folder = await makeProject("packed");
  }, 120_000);

  it.for([ownNode, node22, node24, deno, bun, arm64])("in $name", { timeout: 300_000 }, async (host, { skip }) => {
    if (!host.installed()) skip(`${host.name} is not installed: ${INSTALL}`);
    expect(await host.run(`${folder}/body.js`)).toEqual(expected);
  });
});
