import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startJobsOnPostgres } from '../../src/jobs/onPostgres.js';
import { PostgresExclusive } from '../../src/store/database/postgresExclusive.js';

/** One of several processes that share a job: takes what is left, number after number, and says who took it. */
const [, , url = '', steps = '0'] = process.argv;
const pool = new pg.Pool({ connectionString: url, max: 1 });
const exclusive = new PostgresExclusive(url);
const jobs = await startJobsOnPostgres(
  [
    {
      name: 'counting',
      failedEvent: 'counting-failed',
      everyMs: 1000,
      firstAfterMs: 0,
      retries: 2,
      retryAfterMs: 1000,
      async run(signal) {
        await pool.query('insert into said (pid, what) values ($1, $2)', [process.pid, 'begin']);
        for (;;) {
          signal.throwIfAborted();
          const { rows } = await pool.query<{ n: string }>('select count(*) as n from taken');
          const n = Number(rows[0]?.n);
          if (n >= Number(steps)) break;
          await sleep(20);
          // A second process at the same step would be refused: n is unique.
          await pool.query('insert into taken (n, pid) values ($1, $2)', [n, process.pid]);
        }
        await pool.query('insert into said (pid, what) values ($1, $2)', [process.pid, 'end']);
      },
    },
  ],
  {
    url,
    exclusive,
    pollMs: 100,
    failed: ({ failedEvent }, error) => console.log(failedEvent, (error as Error).message),
  },
);
console.log('started');
process.once('SIGTERM', async () => {
  await jobs.stop();
  await exclusive.close();
  await pool.end();
  process.exit(0);
});
