/** Makes a folder of what JSR takes, of the folder of a package that is built. */
export function makeJsrPackage(from: string, to: string): void;
