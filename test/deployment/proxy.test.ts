import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import {
  createServer as createHttpServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from 'node:http';
import { request } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { startTestService, type TestService } from '../support/service.js';
import { textOf } from './files.js';

const program = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx'].find((path) =>
  existsSync(path),
);
const skip = program === undefined ? 'nginx is not installed' : false;

let service: TestService;
let folder: string;
let nginx: ChildProcess;
let port: number;
/** Stands between proxy and service, to see what the one says to the other. */
let between: Server;
const passedOn: IncomingHttpHeaders[] = [];

async function listenBetween(target: URL): Promise<URL> {
  between = createHttpServer((incoming, answer) => {
    const { method = 'GET', url = '/', headers } = incoming;
    passedOn.push(headers);
    const sent = httpRequest(new URL(url, target), { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(answer);
    });
    sent.once('error', () => answer.destroy());
    incoming.pipe(sent);
  }).listen(0, '127.0.0.1');
  await once(between, 'listening');
  return new URL(`http://127.0.0.1:${(between.address() as AddressInfo).port}`);
}

/** The configuration as it is, on this machine's ports and folders instead of the container's. */
async function startProxy(target: URL): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'facematch-proxy-'));
  mkdirSync(join(folder, 'secrets'));
  const files = ['-keyout', join(folder, 'secrets/tls-key'), '-out', join(folder, 'secrets/tls-certificate')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const made = spawnSync('openssl', ['req', ...kind, '-subj', '/CN=localhost', ...files]);
  assert.equal(made.status, 0, made.stderr?.toString());
  // A port that was free may be somebody else's by the time it is used.
  for (let tries = 0; !(await runProxy(target)); tries++) assert.ok(tries < 5, 'no port stays free');
}

/** @returns false where a port it was given is taken. */
async function runProxy(target: URL): Promise<boolean> {
  port = await freePort();
  const own = [
    ['service:8080', target.host],
    ['listen 8443 ', `listen 127.0.0.1:${port} `],
    ['127.0.0.1:8081', `127.0.0.1:${await freePort()}`],
    ['/tmp/', `${folder}/`],
    ['/run/secrets/', `${folder}/secrets/`],
    ['/dev/stdout', `${folder}/access.log`],
  ] as const;
  let configuration = textOf('deploy/proxy/nginx.conf');
  for (const [from, to] of own) {
    assert.ok(configuration.includes(from), `deploy/proxy/nginx.conf has no ${from}`);
    configuration = configuration.replaceAll(from, to);
  }
  writeFileSync(join(folder, 'nginx.conf'), configuration);
  const parameters = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;', '-e', 'stderr'];
  nginx = spawn(program ?? '', parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  nginx.stderr?.on('data', (text: Buffer) => {
    said += text.toString();
  });
  while (!said.includes('Address already in use')) {
    if (nginx.exitCode !== null) break;
    if (await answers(port)) return true;
    await sleep(20);
  }
  assert.match(said, /Address already in use/);
  nginx.kill('SIGKILL');
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const answers = (to: number) =>
  new Promise<boolean>((done) => {
    const socket = connectTls({ port: to, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: Buffer } = {},
) {
  const sent = request({
    host: '127.0.0.1',
    port,
    path,
    method: options.method ?? 'GET',
    headers: options.headers ?? {},
    rejectUnauthorized: false,
  });
  return answerOf(sent, options.body);
}

function answerOf(sent: ReturnType<typeof httpRequest>, body?: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    sent.once('error', reject);
    sent.once('response', (response) => {
      let text = '';
      response.on('data', (part: Buffer) => {
        text += part.toString();
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
      response.on('error', reject);
    });
    sent.end(body);
  });
}

before(async () => {
  if (skip !== false) return;
  service = await startTestService({ FACEMATCH_TRUSTED_PROXIES: '1' });
  await startProxy(await listenBetween(new URL(service.url)));
});
after(async () => {
  if (skip !== false) return;
  nginx.kill('SIGQUIT');
  if (nginx.exitCode === null) await once(nginx, 'exit');
  between.close();
  between.closeAllConnections();
  rmSync(folder, { recursive: true });
  await service.dispose();
});

test('the service is reached through the proxy, over TLS 1.3 and nothing older', { skip }, async () => {
  const live = await ask('/health/live');
  assert.equal(live.status, 200);
  assert.ok(live.headers['strict-transport-security']);
  const negotiated = await new Promise<string | null>((done, failed) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      done(socket.getProtocol());
      socket.destroy();
    });
    socket.once('error', failed);
  });
  assert.equal(negotiated, 'TLSv1.3');
  const older = await new Promise<boolean>((done) => {
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.2' as const };
    const socket = connectTls(options, () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
  assert.equal(older, false);
});

test('a photo of the size that the service takes passes, one beyond any form does not', {
  skip,
}, async () => {
  const token = await service.token(['quality:check'], { office: 'gent' });
  const headers = {
    Authorization: `Bearer ${token}`,
    'Content-Type': 'multipart/form-data; boundary=b',
  };
  const form = (bytes: number) =>
    Buffer.concat([
      Buffer.from('--b\r\nContent-Disposition: form-data; name="photo"; filename="p.jpg"\r\n\r\n'),
      Buffer.alloc(bytes, 7),
      Buffer.from('\r\n--b--\r\n'),
    ]);
  const { photo } = service.config;
  // It is no picture, which only the service can say: the whole of it came through.
  const within = await ask('/v1/quality', { method: 'POST', headers, body: form(photo.maxBytes) });
  assert.equal(within.status, 415, within.body);
  assert.match(within.body, /unsupported-image/);
  const beyond = await ask('/v1/quality', {
    method: 'POST',
    headers: { ...headers, 'Content-Length': String(22 * 1024 * 1024) },
  }).catch(() => undefined);
  assert.ok(beyond === undefined || beyond.status === 413);
});

test('what a caller claims of its own address does not come through', { skip }, async () => {
  await ask('/health/live', { headers: { 'X-Forwarded-For': '203.0.113.9', Forwarded: 'for=203.0.113.9' } });
  const { 'x-forwarded-for': hops, forwarded } = passedOn.at(-1) ?? {};
  assert.deepEqual([hops, forwarded], ['127.0.0.1', undefined]);
});

test('the log of the proxy has no query and no token', { skip }, async () => {
  await ask('/v1/documents?number=EH123456', { headers: { Authorization: 'Bearer secret-token' } });
  nginx.kill('SIGUSR1');
  const log = join(folder, 'access.log');
  while (!readFileSync(log, 'utf8').includes('/v1/documents')) await sleep(10);
  assert.doesNotMatch(readFileSync(log, 'utf8'), /EH123456|secret-token/);
});

test('the proxy says that it lives, on its own address alone', { skip }, async () => {
  const text = readFileSync(join(folder, 'nginx.conf'), 'utf8');
  const [, alive] = /listen (127\.0\.0\.1:\d+);/.exec(text) ?? [];
  const answer = await answerOf(httpRequest(`http://${alive}/alive`));
  assert.equal(answer.status, 200);
  assert.equal((await answerOf(httpRequest(`http://${alive}/health/live`))).status, 404);
});
