/** The page of the repository, or "" while there is none. */
export function addressOf(manifest: { repository?: string | { url: string } }): string;
/** A page of Markdown with the links that it should have: absolute where there is an address. */
export function withLinks(page: string, address: string): string;
/** The paths that a page links, relative to it. */
export function relativeLinks(page: string): string[];
