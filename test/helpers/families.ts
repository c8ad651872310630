/** All kernels, for tests that make engines and modules by themselves. */
import { readdirSync } from "node:fs";
import { BASE } from "../../src/engine/families/base.generated.ts";
import type { Family } from "../../src/engine/kernels.ts";

const folder = new URL("../../src/engine/families/", import.meta.url);
const others = readdirSync(folder).filter(file => file !== "base.generated.ts");
const modules = await Promise.all(others.map(file => import(/* @vite-ignore */ new URL(file, folder).href)));

/** All families but the base. */
export const families: Family[] = modules.flatMap(module => Object.values(module) as Family[]);
export { BASE };
