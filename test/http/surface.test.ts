import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { scopesOf } from '../../src/http/route.js';
import { declaredRoutes } from '../../src/http/routes/declarations.js';
import { startTestService, type TestService } from '../support/service.js';
import { type RawAnswer, sendRaw } from './harness.js';

/** May be kept by a browser: they hold no data of anybody. */
const kept = new Set(['/docs/{file}', '/pages/page.css', '/console/assets/{file}']);
const anId = '3f9c1c0e-0000-4000-8000-000000000000';

describe('every answer, whatever was asked', () => {
  let service: TestService;
  let port: number;
  before(async () => {
    service = await startTestService();
    port = Number(new URL(service.url).port);
  });
  after(() => service.dispose());

  const raw = (lines: string): Promise<RawAnswer> => sendRaw(port, [`${lines}\r\nConnection: close\r\n\r\n`]);

  it('carries the protective headers, no cookie, no leave for other origins, and may not be kept', async () => {
    const token = await service.token([]);
    const routes = declaredRoutes().map(({ path }) => path);
    const own = ['/console/', '/console', '/console/config.json', '/nothing', '/%E0%A4%A'];
    for (const path of [...new Set(routes), ...own]) {
      const address = service.url + path.replace(/\{\w+\}/g, anId);
      for (const method of ['GET', 'POST', 'OPTIONS', 'PUT']) {
        const { status, headers } = await fetch(address, {
          method,
          redirect: 'manual',
          headers: { authorization: `Bearer ${token}`, origin: 'https://evil.example' },
        });
        const what = `${method} ${path} ${status}`;
        assert.ok(status < 500, what);
        assert.equal(headers.get('x-content-type-options'), 'nosniff', what);
        assert.equal(headers.get('x-frame-options'), 'DENY', what);
        assert.equal(headers.get('referrer-policy'), 'no-referrer', what);
        assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin', what);
        assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin', what);
        assert.match(headers.get('strict-transport-security') ?? '', /max-age=31536000/, what);
        assert.match(headers.get('permissions-policy') ?? '', /camera=\(\).*geolocation=\(\)/, what);
        const policy = headers.get('content-security-policy') ?? '';
        assert.match(policy, /default-src 'none'/, what);
        assert.match(policy, /frame-ancestors 'none'/, what);
        assert.doesNotMatch(policy, /unsafe|\*/, what);
        for (const name of ['set-cookie', 'server', 'x-powered-by', 'etag', 'access-control-allow-origin']) {
          assert.equal(headers.get(name), null, `${what}: ${name}`);
        }
        assert.equal(headers.get('access-control-allow-headers'), null, what);
        if (!(kept.has(path) && status === 200)) assert.equal(headers.get('cache-control'), 'no-store', what);
        const type = headers.get('content-type');
        assert.ok(status === 204 || status === 302 || type !== null, `${what}: ${type}`);
      }
    }
  });

  it('no route but these few opens without a token', () => {
    const open = declaredRoutes()
      .filter((route) => route.scope === undefined)
      .map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(open.sort(), [
      'get /docs',
      'get /docs/{file}',
      'get /health/live',
      'get /health/ready',
      'get /openapi.json',
      'get /pages/page.css',
      'get /problems/{id}',
    ]);
    const any = declaredRoutes().filter((route) => route.scope !== undefined && scopesOf(route).length === 0);
    assert.deepEqual(
      any.map(({ path }) => path),
      ['/v1/me'],
    );
  });

  it('the host named, forwarded or in the address of the request changes nothing', async () => {
    const hosts = [
      'GET /console HTTP/1.1\r\nHost: evil.example',
      'GET /console HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: worse.example\r\nX-Forwarded-Proto: https',
      'GET /console HTTP/1.1\r\nHost: evil.example\r\nForwarded: host=worse.example;proto=https',
      'GET http://evil.example/console HTTP/1.1\r\nHost: other.example',
      'GET /console HTTP/1.1\r\nHost: evil.example\r\nX-Original-URL: /v1/audit\r\nX-Rewrite-URL: /v1/audit',
    ];
    for (const lines of hosts) {
      const answer = await raw(lines);
      assert.equal(answer.status, 302, lines);
      assert.match(answer.head, /^Location: console\/$/im, lines);
      assert.doesNotMatch(answer.head + answer.body, /evil|worse|other\.example/, lines);
    }
    assert.equal((await raw('GET /v1/me HTTP/1.1')).status, 400, 'no host at all');
    const absolute = await raw('GET http://evil.example/v1/me HTTP/1.1\r\nHost: x');
    assert.equal(absolute.status, 401, 'an absolute address needs a token as any other');
  });

  it('the development sign-in answers to an address of the machine, not to a name somebody points at it', async () => {
    const body = JSON.stringify({ person: 'p', role: 'supervisor' });
    const ask = (host: string) => {
      const head = [
        'POST /console/development/token HTTP/1.1',
        `Host: ${host}`,
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        'Connection: close',
      ].join('\r\n');
      return sendRaw(port, [`${head}\r\n\r\n${body}`]);
    };
    for (const host of ['127.0.0.1:8080', 'localhost', '[::1]:8080'])
      assert.equal((await ask(host)).status, 200);
    for (const host of [
      'evil.example',
      'evil.example:8080',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
    ]) {
      assert.equal((await ask(host)).status, 404, host);
    }
  });

  it('leads nowhere else: no path becomes the address of another host', async () => {
    const paths = [
      '//evil.example/console',
      '//evil.example/%2e%2e',
      '/\\evil.example/console',
      '/console?next=https://evil.example',
      '/console/?redirect_uri=https://evil.example',
      '/console//evil.example',
      '/%2f%2fevil.example',
      '/docs?url=https://evil.example/openapi.json',
    ];
    for (const path of paths) {
      const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: x`);
      assert.doesNotMatch(answer.head, /^Location:.*evil/im, path);
      assert.doesNotMatch(answer.body, /evil/, path);
    }
  });

  it('a method is what the request line says; TRACE, CONNECT and the like get nothing', async () => {
    const override = await fetch(`${service.url}/v1/me?_method=POST`, {
      headers: { 'x-http-method-override': 'POST', 'x-method-override': 'POST', 'x-http-method': 'DELETE' },
    });
    assert.equal(override.status, 401, 'still the GET, which needs a token');
    for (const method of ['TRACE', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'PURGE', 'M-SEARCH']) {
      const answer = await raw(`${method} /v1/me HTTP/1.1\r\nHost: x\r\nX-Secret: 4711`);
      assert.equal(answer.status, 405, method);
      assert.match(answer.head, /^Allow: GET, HEAD, OPTIONS$/im, method);
      assert.equal(JSON.parse(answer.body).type, '/problems/method-not-allowed', method);
      assert.doesNotMatch(answer.head + answer.body, /4711/, `${method} echoes nothing`);
    }
    const connect = await raw('CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443');
    assert.notEqual(connect.status, 200);
    assert.equal((await raw('BREW /v1/me HTTP/1.1\r\nHost: x')).status, 400);
    const upgrade = await raw('GET /v1/me HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x');
    assert.equal(upgrade.status, 401, 'no other protocol is spoken');
  });

  it('what is nowhere is answered alike, as a problem that repeats nothing', async () => {
    const token = await service.token([]);
    const nowhere = [
      '/.env',
      '/.git/config',
      '/console/../v1/me',
      '/v1/../admin',
      '/v1/comparisons/',
      '/V1/me',
      '/v1/me/',
      '/%2e%2e/etc/passwd',
      '/v1%2fme',
      '/v1/me;jsessionid=1',
      '/v1/nothing-at-all-4711',
    ];
    const bodies = new Set<string>();
    for (const path of nowhere) {
      for (const authorization of ['', `\r\nAuthorization: Bearer ${token}`]) {
        const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: x${authorization}`);
        assert.equal(answer.status, 404, path);
        assert.match(answer.head, /application\/problem\+json/, path);
        bodies.add(answer.body.replace(/urn:uuid:[\w-]+/, ''));
      }
    }
    assert.equal(bodies.size, 1);
    assert.doesNotMatch([...bodies].join(), /4711|passwd|git/);
  });

  it('other origins are given no leave: a preflight is answered without any', async () => {
    const { status, headers } = await fetch(`${service.url}/v1/comparisons`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    assert.equal(status, 204);
    assert.deepEqual(
      [...headers.keys()].filter((name) => name.startsWith('access-control')),
      [],
    );
  });
});
