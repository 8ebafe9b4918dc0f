import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidEventError } from '@bitten/schema';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { BridgeStatus } from '../src/index.js';
import { asDeadLetter } from '../src/unsendable.js';
import { failure, numbered, World } from './support/world.js';

// Nothing here depends on the time a machine takes that has others to serve.
vi.setConfig({ testTimeout: 60_000 });

const secret = 'S3cr3tV4lue';

/** The bytes of every file below a folder. */
function everything(dir: string): string {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

test('an event with a secret rejects with its path, and nothing of it leaves the component', async () => {
  const world = await World.start();
  const bridge = world.bridge();
  const seen: BridgeStatus[] = [];
  bridge.onStatus((status) => seen.push(status));
  const error = await failure(
    bridge.publish({ event_type: 'login', data: { user: 'x', login: { accessToken: secret } } }),
  );
  expect(error).toBeInstanceOf(InvalidEventError);
  expect((error as InvalidEventError).issues).toMatchObject([
    { code: 'secret', path: 'data.login.accessToken' },
  ]);
  expect((error as InvalidEventError).remedy).toContain('leave the fields named out');
  await bridge.publish(numbered(1));
  expect(await world.events()).toHaveLength(1);
  expect(await world.deadLetters()).toEqual([]);
  expect(seen.filter(({ state }) => state === 'trouble')).toHaveLength(1);
  expect(JSON.stringify([error, seen, String(error)]) + everything(world.dir)).not.toContain(secret);
});

test('nor is it spooled while the bus is away', async () => {
  const world = await World.prepare();
  const bridge = world.bridge();
  for (let n = 1; n <= 50; n += 1) {
    void bridge.publish(numbered(n));
    void bridge.publish({ event_type: 'login', data: { password: `${secret}${n}` } });
  }
  await bridge.close({ timeout_ms: 0 });
  const kept = everything(world.dir);
  expect(kept).toContain('"n":50');
  expect(kept).not.toContain(secret);
});

test('what cannot be sent as an event goes to the dead letters on one line, without secrets', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true }), (event) => {
      const line = asDeadLetter({ text: undefined, event: { password: secret, event }, issues: [] });
      expect(line).not.toMatch(/[\r\n]/);
      expect(line.length).toBeGreaterThan(0);
      expect(line).not.toContain(secret);
    }),
  );
});
