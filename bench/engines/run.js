// Runs the benchmark in runtimes that test/runtimes can start.
import { bundle } from "../../test/runtimes/bundle.js";

/** @typedef {import("../../test/runtimes/hosts/host.js").Host} Host */

/** @type {Map<string, Promise<string>>} */
const bundles = new Map();

/** @param {Host} host @param {string} path @param {object} [options] */
async function run(host, path, options) {
  const script = bundles.get(path) ?? bundle(new URL(path, import.meta.url));
  bundles.set(path, script);
  return host.run(await script, options);
}

/**
 * The benchmark.
 *
 * @param {Host} host
 * @param {import("./report.js").ReportOptions} options
 * @returns {Promise<import("./report.js").EngineReport>}
 */
export const report = (host, options) => run(host, "report.js", options);

/** The hash of what nets of every cell have learned. @param {Host} host @returns {Promise<string>} */
export const hashOf = async host => (await run(host, "../../test/runtimes/bodies/cells.ts")).all;
