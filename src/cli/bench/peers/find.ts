/** Libraries to compare with that a folder has in its node_modules. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Ort, onnxruntimePeer } from "./onnxruntime.ts";
import type { Peer } from "./peer.ts";
import { type Tf, tfjsPeer } from "./tfjs.ts";

interface Known {
  title: string;
  packages: readonly string[];
  open(require: NodeJS.Require): Peer | Promise<Peer>;
}

export const known: readonly Known[] = [
  {
    title: "tfjs wasm",
    packages: ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"],
    open(require) {
      const tf: Tf = require("@tensorflow/tfjs");
      require("@tensorflow/tfjs-backend-wasm").setThreadsCount(1);
      return tfjsPeer(tf, "wasm");
    },
  },
  {
    title: "onnxruntime-web",
    packages: ["onnxruntime-web"],
    open: require => onnxruntimePeer(require("onnxruntime-web") as Ort, "web"),
  },
];

export interface Found {
  peers: { title: string; version: string; peer: Peer }[];
  /** Why others are not there, and what to do */
  absent: string[];
}

/** Looks for them from a folder upwards. */
export async function findPeers(folder: string): Promise<Found> {
  const require = createRequire(join(folder, "package.json"));
  const found: Found = { peers: [], absent: [] };
  const has = (name: string) => {
    try {
      return require.resolve(name) !== "";
    } catch {
      return false;
    }
  };
  for (const { title, packages, open } of known) {
    const missing = packages.filter(name => !has(name));
    if (missing.length > 0) {
      found.absent.push(`${title} is not found from ${folder} (npm install ${missing.join(" ")})`);
      continue;
    }
    try {
      const peer = await open(require);
      found.peers.push({ title, version: Object.values(peer.versions)[0], peer });
    } catch (error) {
      found.absent.push(`${title} is found, but does not start: ${error instanceof Error ? error.message : error}`);
    }
  }
  return found;
}
