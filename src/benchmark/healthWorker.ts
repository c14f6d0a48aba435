import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { HealthFigures } from './health.js';
import { quantile } from './statistics.js';

/** Between an answer and the next question; milliseconds. */
const pauseMs = 10;

const agent = new Agent({ keepAlive: true });
const times: number[] = [];
let stopped = false;
parentPort?.once('message', () => {
  stopped = true;
});

const ask = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    get(`${workerData as string}/health/live`, { agent }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - started);
        else reject(new Error(`health was answered ${response.statusCode}`));
      });
    }).once('error', reject);
  });

// The first one opens the connection.
await ask();
parentPort?.postMessage('ready');
do {
  times.push(await ask());
  await sleep(pauseMs);
} while (!stopped);
agent.destroy();
const figures: HealthFigures = {
  answers: times.length,
  slowest: Math.max(...times),
  p99: quantile(times, 0.99),
};
parentPort?.postMessage(figures);
