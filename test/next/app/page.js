import run from "../body.js";

export const dynamic = "force-dynamic";

/** A component of the server. */
export default async function Page() {
  return <pre>{JSON.stringify(await run())}</pre>;
}
