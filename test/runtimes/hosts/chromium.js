import { pageHost } from "./page.js";

export const chromium = pageHost("Chromium", ["/usr/bin/chromium"], ({ profile, address }) => [
  "--headless",
  "--no-sandbox", // which root cannot have
  "--no-first-run",
  "--disable-gpu",
  `--user-data-dir=${profile}`,
  address,
]);
