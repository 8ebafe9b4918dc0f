import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiError } from '../src/api/index.js';
import { readToken } from '../src/http/token.js';
import { makeFolder } from './support/folder.js';
import { hasWorkers, nowhere, Server } from './support/server.js';

let server: Server;
const dataDir = mkdtempSync(join(tmpdir(), 'bitten-dashboard-'));

beforeAll(async () => {
  if (hasWorkers) server = await Server.open(nowhere(dataDir));
});

afterAll(async () => {
  await server?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

describe.skipIf(!hasWorkers)('who may ask', () => {
  test.each(['127.0.0.1', 'localhost', '[::1]', '127.8.8.8', 'LOCALHOST'])(
    'asks %s by its own name',
    async (name) => {
      const { status } = await server.ask('/api/about', { headers: { host: `${name}:${server.port}` } });
      expect(status).toBe(200);
    },
  );

  test.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example:80',
    '10.0.0.1',
    '127.0.0.1@evil',
  ])('a page that has pointed its name here (%s) is told nothing', async (host) => {
    for (const path of ['/', '/api/about', '/api/now', '/metrics', '/api/nothing']) {
      const { status, text } = await server.ask(path, { headers: { host } });
      // What is no name of a host at all is refused before anybody looks at it.
      expect([400, 421], path).toContain(status);
      expect(text).not.toContain('version');
    }
  });

  test.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: 'http://127.0.0.1:1' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', origin: 'https://evil.example' }],
  ])('another page (%j) neither reads nor changes', async (headers) => {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const { status, headers: told } = await server.ask('/api/now', {
        method,
        headers: { host: `127.0.0.1:${server.port}`, ...headers, authorization: `Bearer ${server.token}` },
      });
      expect(status, method).toBe(403);
      expect(told['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('its own page may, and a link from elsewhere may be followed to it', async () => {
    const host = `127.0.0.1:${server.port}`;
    const own = await server.ask('/api/now', {
      headers: { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' },
    });
    expect(own.status).toBe(200);
    const followed = await server.ask('/', {
      headers: { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
    });
    expect([200, 503]).toContain(followed.status);
  });

  test('listens on loopback alone', async () => {
    const reached = await new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.2', port: server.port });
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('close', () => socket.destroy());
    });
    expect(reached).toBe(false);
  });
});

describe.skipIf(!hasWorkers)('what every answer says', () => {
  test.each(['/', '/api/now', '/api/nothing', '/nothing', '/metrics'])('%s', async (path) => {
    const { headers } = await server.ask(path);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
  });
});

describe.skipIf(!hasWorkers)('who may change', () => {
  const change = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    '%s needs the token, whatever it asks for',
    async (method) => {
      for (const authorization of [
        undefined,
        'Bearer x',
        `Basic ${server.token}`,
        `Bearer ${server.token}x`,
      ]) {
        const headers = { ...change.headers, ...(authorization === undefined ? {} : { authorization }) };
        const {
          status,
          headers: told,
          json,
        } = await server.ask('/api/nothing', { method, headers, body: '{}' });
        expect(status).toBe(401);
        expect(told['www-authenticate']).toBe('Bearer');
        expect(json<ApiError>().error).toMatchObject({
          code: 'token',
          remedy: expect.stringContaining('token'),
        });
      }
      const headers = { ...change.headers, authorization: `Bearer ${server.token}` };
      expect((await server.ask('/api/nothing', { method, headers, body: '{}' })).status).toBe(404);
    },
  );

  test('a page learns whether it may', async () => {
    expect(await server.get('/api/about')).toMatchObject({ may_change: false });
    const headers = { authorization: `Bearer ${server.token}` };
    expect((await server.ask('/api/about', { headers })).json()).toMatchObject({ may_change: true });
  });

  test('the token is made once, for this user alone, and is long', () => {
    const folder = makeFolder();
    const token = readToken(folder);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(readToken(folder)).toBe(token);
    const file = join(folder, 'dashboard-token');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim()).toBe(token);
    expect(readdirSync(folder), 'nothing else is left').toEqual(['dashboard-token']);
    writeFileSync(file, 'short');
    expect(() => readToken(folder)).toThrow('holds no token');
  });
});

describe.skipIf(!hasWorkers)('a body', () => {
  const send = (path: string, body: string | Buffer, type = 'application/json') =>
    server.ask(path, {
      method: 'POST',
      headers: { 'content-type': type, authorization: `Bearer ${server.token}` },
      body,
    });

  test.each([
    ['/api/silences', 1024 * 1024],
    ['/api/dead-letters/1/examine', 9 * 1024 * 1024],
    ['/api/dead-letters/1/correct', 9 * 1024 * 1024],
  ])('of %s has %i bytes at most', async (path, bytes_max) => {
    const refused = await send(path, Buffer.alloc(bytes_max + 1, ' '));
    expect(refused.status).toBe(413);
    expect(refused.json<ApiError>().error.expected).toContain(String(bytes_max));
    // As large as it may be, and no JSON: it has been read.
    expect((await send(path, Buffer.alloc(bytes_max, ' '))).status).toBe(400);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'that calls itself "%s", as a form of another page could, is refused',
    async (type) => {
      expect((await send('/api/silences', '{}', type)).status).toBe(415);
    },
  );

  test('without the token is not even read', async () => {
    const { status } = await server.ask('/api/silences', {
      method: 'POST',
      body: Buffer.alloc(4 * 1024 * 1024),
    });
    expect(status).toBe(401);
  });
});

describe.skipIf(!hasWorkers)('what is served', () => {
  test.each([
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
    '/assets/../../package.json',
    '/assets/..%5c..%5cpackage.json',
    '/.env',
    '//etc/passwd',
    '/assets/%00',
    '/queries/worker.js',
    '/../queries/worker.js',
  ])('%s leads nowhere', async (path) => {
    const { status, text } = await server.ask(path);
    expect([400, 404]).toContain(status);
    expect(text).not.toContain('"name"');
    expect(text).not.toContain('import');
  });

  test('what is not there is told in words', async () => {
    const { status, json } = await server.ask('/api/nothing');
    expect(status).toBe(404);
    expect(json<ApiError>().error.message).toContain('/api/nothing');
  });
});
