/** The page of examples/browser, built by vite, learns in a worker when its button is pressed. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { INSTALL } from "./hosts/host.js";
import { chromium, firefox } from "./hosts/index.js";
import { serve } from "./hosts/serve.js";

const root = fileURLToPath(new URL("../../examples/browser/", import.meta.url));
const vite = join(root, "node_modules/vite/dist/node/index.js");

const PRESS = `<script type="module">
  const said = document.getElementById("said");
  document.getElementById("train").click();
  const ask = setInterval(() => {
    if (/^Nothing|^epoch (?!.*done$)/.test(said.value)) return;
    clearInterval(ask);
    const points = id => document.querySelector("#" + id + " .own")?.getAttribute("d").split("L").length;
    const value = { said: said.value, curve: points("curve"), wave: points("wave") };
    fetch("/answer", { method: "POST", body: JSON.stringify({ value }) });
  }, 100);
</script>`;

it.for([chromium, firefox])("in $name", { timeout: 120_000 }, async (host, { skip }) => {
  if (!existsSync(vite)) skip("vite is not installed: npm --prefix examples/browser ci --ignore-scripts");
  if (!host.installed()) skip(`${host.name} is not installed: ${INSTALL}`);
  const outDir = await mkdtemp(join(tmpdir(), "page-"));
  const { build } = await import(vite);
  await build({ root, logLevel: "error", build: { outDir, emptyOutDir: true } });
  const page = join(outDir, "index.html");
  await writeFile(page, (await readFile(page, "utf8")).replace("</body>", `${PRESS}</body>`));
  const server = await serve(outDir);
  const timeout = setTimeout(() => server.fail(new Error("no answer after 100 s")), 100_000);
  const close = host.visit(`${server.address}/index.html`);
  try {
    const { value } = await server.answer;
    expect(value).toEqual({
      said: expect.stringMatching(/^epoch 40 of 40, error 0\.00\d+, done$/),
      curve: 40,
      wave: 120,
    });
  } finally {
    close();
    clearTimeout(timeout);
    server.close();
    await rm(outDir, { recursive: true });
  }
});
