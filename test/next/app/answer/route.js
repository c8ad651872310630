// What the page of app/client says, for the test.
let said;

export async function POST(request) {
  said = await request.json();
  return new Response();
}

export const GET = async () => Response.json(said ?? null);
