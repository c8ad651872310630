// The program of a page: runs the body, and posts what it returns.
import run from "./body.js";

const answer = await run().then(
  value => ({ value }),
  error => ({ error: String(error.stack ?? error) }),
);
await fetch("/answer", { method: "POST", body: JSON.stringify(answer) });
