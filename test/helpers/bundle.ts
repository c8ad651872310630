/** What a bundler makes of a program that imports files of src/. */
import { join } from "node:path";
import { build, type OutputChunk } from "rolldown";

export const source = join(import.meta.dirname, "../../src");

/** One minified file of all that a program needs, which stands in src/. */
export async function bundleOf(program: string): Promise<OutputChunk> {
  const input = join(source, "program.ts");
  const virtual = {
    name: "virtual",
    resolveId: (id: string) => (id === input ? id : null),
    load: (id: string) => (id === input ? program : null),
  };
  const { output } = await build({
    input,
    plugins: [virtual],
    platform: "neutral",
    write: false,
    output: { minify: true, codeSplitting: false },
  });
  return output[0];
}
