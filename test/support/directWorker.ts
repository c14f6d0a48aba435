import { type MessagePort, parentPort } from 'node:worker_threads';
import pg from 'pg';

/** Runs statements for a thread that waits for them; a connection to each database is kept. */
export interface DirectRequest {
  readonly url: string;
  /** Nothing: ends the connection to it. */
  readonly sql: string | undefined;
  /** Set to 1 and notified once the answer is on the way. */
  readonly ready: Int32Array;
  readonly port: MessagePort;
}
export type DirectAnswer = { readonly text: string } | { readonly error: string };

parentPort?.on('message', async ({ url, sql, ready, port }: DirectRequest) => {
  const answer = await run(url, sql).catch((error: Error) => ({ error: error.message }));
  port.postMessage(answer);
  Atomics.store(ready, 0, 1);
  Atomics.notify(ready, 0);
});

const clients = new Map<string, pg.Client>();

/** The first column of the first row. */
async function run(url: string, sql: string | undefined): Promise<DirectAnswer> {
  const client = clients.get(url) ?? (await connected(url));
  if (sql === undefined) {
    clients.delete(url);
    await client.end();
    return { text: '' };
  }
  const result: pg.QueryResult | pg.QueryResult[] = await client.query(sql);
  const last = Array.isArray(result) ? result.at(-1) : result;
  const [row = {}] = (last?.rows ?? []) as Record<string, unknown>[];
  return { text: String(Object.values(row)[0] ?? '') };
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => clients.delete(url));
  await client.connect();
  clients.set(url, client);
  return client;
}
