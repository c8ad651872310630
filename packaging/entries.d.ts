/** The namespaces of the main entry, which are entries too. */
export const NAMESPACES: readonly string[];
