import { type MessagePort, parentPort } from 'node:worker_threads';
import pg from 'pg';

/** Runs statements for a thread that waits for them; the connection lasts as long as they do. */
export interface DirectRequest {
  readonly url: string;
  readonly sql: string;
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

/** The first column of the first row. */
async function run(url: string, sql: string): Promise<DirectAnswer> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const result: pg.QueryResult | pg.QueryResult[] = await client.query(sql);
    const last = Array.isArray(result) ? result.at(-1) : result;
    const [row = {}] = (last?.rows ?? []) as Record<string, unknown>[];
    return { text: String(Object.values(row)[0] ?? '') };
  } finally {
    await client.end();
  }
}
