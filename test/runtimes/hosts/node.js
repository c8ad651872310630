import { commandHost, inModules } from "./command.js";

/** The Node that runs this. */
export const ownNode = commandHost(`Node ${process.versions.node.split(".")[0]}`, process.execPath);
export const node22 = commandHost("Node 22", inModules("node22/bin/node"));
export const node24 = commandHost("Node 24", inModules("node24/bin/node"));
