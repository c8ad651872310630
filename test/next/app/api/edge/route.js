import run from "../../../body.js";

export const runtime = "edge";

export const GET = async () => Response.json(await run());
