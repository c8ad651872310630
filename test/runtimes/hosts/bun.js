import { commandHost, inModules } from "./command.js";

export const bun = commandHost("Bun", inModules("@oven/bun-linux-x64/bin/bun"));
