import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { startTestService } from '../support/service.js';

const key = () => randomBytes(32).toString('base64');
const start = (jwksUrl: string) =>
  startTestService({
    FACEMATCH_MODE: 'production',
    FACEMATCH_MASTER_KEY: key(),
    FACEMATCH_LOOKUP_KEY: key(),
    FACEMATCH_AUDIT_KEY: key(),
    FACEMATCH_TOKEN_ISSUER: 'https://issuer.example',
    FACEMATCH_TOKEN_JWKS_URL: jwksUrl,
  });

for (const url of [
  'http://issuer.example/jwks',
  'http://localhost.evil.example/jwks',
  'http://127.0.0.1.evil.example/jwks',
  'ftp://issuer.example/jwks',
  'file:///etc/passwd',
]) {
  test(`keys that somebody on the way could change keep the service from starting: ${url}`, async () => {
    await assert.rejects(start(url), { code: 'config-invalid' });
  });
}

test('over https, or from this machine, it starts; while they cannot be had nobody is let in', async () => {
  const service = await start('http://127.0.0.1:9/jwks');
  try {
    const headers = { authorization: 'Bearer eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.AAAA' };
    const answer = await fetch(`${service.url}/v1/me`, { headers });
    assert.equal(answer.status, 503);
    assert.ok(answer.headers.get('retry-after'));
    assert.equal((await fetch(`${service.url}/health/ready`)).status, 200, 'what needs no token goes on');
  } finally {
    await service.dispose();
  }
});
