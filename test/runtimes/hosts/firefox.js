import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pageHost } from "./page.js";

const PREFERENCES = `user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.auto", false);
`;

export const firefox = pageHost("Firefox", ["/usr/bin/firefox-esr"], ({ profile, address }) => {
  writeFileSync(join(profile, "user.js"), PREFERENCES);
  return ["--headless", "--no-remote", "--profile", profile, address];
});
