/** A failure that the user can mend: its message, one line, is all that the command line prints. */
export class CliError extends Error {}
