// Two builders, a folder for each. Threads need pages that may share memory.
const headers = [
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Embedder-Policy", value: "require-corp" },
];

export default {
  distDir: process.env.DIST_DIR ?? "node_modules/.next",
  headers: async () => [{ source: "/:path*", headers }],
  turbopack: { root: import.meta.dirname },
};
