/**
 * A runtime in which modules are run: a command, or a page in a browser.
 *
 * @typedef {object} Host
 * @property {string} name "Node 24", "Firefox"
 * @property {() => boolean} installed
 * @property {(script: string, options?: object, more?: RunOptions) => Promise<any>} run runs the default export of a module,
 * which imports files by their paths alone, with options (plain JSON); what it returns comes back as JSON. It throws what the
 * module threw, and where the runtime is not installed, how it is
 *
 * @typedef {{ seconds?: number, isolated?: boolean }} RunOptions after how many seconds to give up (300); pages: whether they
 * may share memory (default), by the headers COOP and COEP
 *
 * @typedef {Host & { command: () => string[] }} CommandHost the program and the arguments before those of a script
 *
 * @typedef {Host & { visit: (address: string) => () => void }} PageHost opens a page; the function that comes back closes it
 */

export const INSTALL = "test/runtimes/install.sh does it";
