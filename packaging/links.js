// The links of README.md, which npm shows where none of the repository's files are: absolute once package.json says where the
// repository is; until then relative, to files that are in the package. `npm run links` puts them right.
import { readFileSync, writeFileSync } from "node:fs";

const LINK = /\]\((?!#)([^)\s]+)\)/g;
const isImage = path => /\.(svg|png)$/.test(path);

/** @param {{ repository?: string | { url: string } }} manifest @returns {string} its page, or "" */
export function addressOf({ repository = "" }) {
  const url = typeof repository === "string" ? repository : repository.url;
  return url.replace(/^git\+/, "").replace(/\.git$/, "");
}

/**
 * @param {string} page Markdown
 * @param {string} address of the repository, or ""
 * @returns {string} the page with the links that it should have
 */
export function withLinks(page, address) {
  const inRepository = /^https?:\/\/[^/]+\/[^/]+\/[^/]+\/(?:blob|raw)\/HEAD\//;
  return page.replace(LINK, (whole, target) => {
    const path = target.replace(inRepository, "");
    if (/^[a-z]+:/.test(path)) return whole;
    return `](${address ? `${address}/${isImage(path) ? "raw" : "blob"}/HEAD/` : ""}${path})`;
  });
}

/** @param {string} page Markdown @returns {string[]} paths that it links, relative to it */
export function relativeLinks(page) {
  return [...page.matchAll(LINK)].map(([, target]) => target.replace(/#.*/, "")).filter(path => !/^[a-z]+:/.test(path));
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const file = name => new URL(`../${name}`, import.meta.url);
  const readme = readFileSync(file("README.md"), "utf8");
  const manifest = JSON.parse(readFileSync(file("package.json"), "utf8"));
  writeFileSync(file("README.md"), withLinks(readme, addressOf(manifest)));
}
