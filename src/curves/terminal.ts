/** What the terminal can show. */

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether a terminal is known to show ASCII alone: by its locale, on Windows unless it is one of the newer ones.
 *
 * @param platform as Node calls it
 */
export function isAsciiOnly(env: Environment, platform = "linux"): boolean {
  if (platform === "win32") {
    return !(env.WT_SESSION || env.ConEmuTask || env.TERM_PROGRAM || /xterm|alacritty|cygwin/.test(env.TERM ?? ""));
  }
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  if (env.TERM === "linux") return true;
  return locale !== undefined && locale !== "" && !/utf-?8/i.test(locale);
}

interface Process {
  env?: Environment;
  platform?: string;
  stdout?: { isTTY?: boolean; columns?: number };
}

/** The present terminal, where there is one. */
export function presentTerminal(): { ascii: boolean; colors: boolean; columns: number | undefined } {
  const { env = {}, platform, stdout } = (globalThis as { process?: Process }).process ?? {};
  return {
    ascii: isAsciiOnly(env, platform),
    colors: stdout?.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb",
    columns: stdout?.columns,
  };
}
