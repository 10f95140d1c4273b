import { connectClient } from './servers.ts';

/** Returns whether a PostgreSQL server at `url` accepts a connection with its credentials. */
export async function canConnect(url: string): Promise<boolean> {
  try {
    const client = await connectClient(url);
    await client.end();
    return true;
  } catch {
    return false;
  }
}
