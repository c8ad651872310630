/** The namespaces of the main entry, which are entries too. */
export const NAMESPACES: readonly string[];
/** What a bundle of the main entry may have beside what it has by itself: each is an entry. */
export const ADDITIONS: readonly string[];
