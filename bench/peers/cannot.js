/** What a peer throws for a task that it has no way to do; the message is the reason shown in the table. */
export class Cannot extends Error {}
