// Pages with these headers may share memory, so that threads work; without them one thread computes.
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default {
  server: { headers, fs: { allow: ["../.."] } },
  preview: { headers },
  build: { target: "esnext" },
};
