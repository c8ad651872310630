import { pageHost } from "./page.js";

const browser = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";

/** WebKitGTK: Safari's engine. It has no mode without a screen, so it gets one that nobody sees. */
export const webkit = pageHost("WebKit", ["/usr/bin/xvfb-run", browser], ({ address }) => [
  "--auto-servernum",
  browser,
  "--private",
  address,
]);
