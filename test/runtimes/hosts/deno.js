import { commandHost, inModules } from "./command.js";

export const deno = commandHost("Deno", inModules("@deno/linux-x64-glibc/deno"), {
  before: ["run", "-A", "--node-modules-dir=manual"],
});
