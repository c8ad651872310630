import run from "../../../body.js";

export const dynamic = "force-dynamic";

export const GET = async () => Response.json(await run());
