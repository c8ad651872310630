/** What the types refuse: for tests of what a caller from JavaScript may pass, and of names out of a list. */
export const untyped = (value: unknown): never => value as never;
