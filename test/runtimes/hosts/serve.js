// Files of a folder for pages on this machine, and one answer that a page posts.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

/** @type {Record<string, string>} */
const TYPES = {
  ".css": "text/css",
  ".csv": "text/csv",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/**
 * Serves a folder.
 *
 * @param {string} root
 * @param {{ isolated?: boolean, headers?: Record<string, string>, port?: number }} [options] isolated: pages may share memory
 * and get a finer clock, which browsers allow under the headers COOP and COEP; a port of its own by default
 */
export async function serve(root, { isolated = true, headers = {}, port = 0 } = {}) {
  const shared = isolated
    ? { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }
    : {};
  /** @type {(answer: any) => void} */
  let resolve = () => {};
  /** @type {(error: Error) => void} */
  let fail = () => {};
  /** What a page has posted to /answer @type {Promise<any>} */
  const answer = new Promise((...callbacks) => {
    [resolve, fail] = callbacks;
  });
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "", "http://localhost").pathname));
    try {
      if (request.method === "POST" && path === "/answer") {
        let text = "";
        for await (const part of request) text += part;
        response.end();
        return resolve(JSON.parse(text));
      }
      const body = await readFile(join(root, path));
      const type = TYPES[extname(path)] ?? "application/octet-stream";
      response.writeHead(200, { "Content-Type": type, "Cache-Control": "no-store", ...shared, ...headers });
      response.end(body);
    } catch (error) {
      response.writeHead(404).end(String(error));
    }
  });
  await new Promise(listening => server.listen(port, "127.0.0.1", () => listening(undefined)));
  const bound = server.address();
  return {
    address: `http://127.0.0.1:${typeof bound === "object" ? bound?.port : port}`,
    answer,
    fail,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
