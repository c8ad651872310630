import { commandHost, inModules } from "./command.js";

const libraries = inModules(".arm64");

/** Node for ARM64 in an emulator, which takes twenty times as long: for bits, not for speed. */
export const arm64 = commandHost("Node 22 on ARM64", "/usr/bin/qemu-aarch64-static", {
  before: ["-L", libraries, inModules("node22-arm64/bin/node")],
  needs: [libraries, inModules("node22-arm64/bin/node")],
});
