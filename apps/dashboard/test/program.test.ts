import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeFolder } from './support/folder.js';
import { until } from './support/system.js';

const program = fileURLToPath(new URL('../dist/index.js', import.meta.url));

interface Started {
  child: ChildProcess;
  said: () => string;
  ended: Promise<number | null>;
}

function start(env: Record<string, string>): Started {
  const child = spawn(process.execPath, [program], {
    env: {
      PATH: process.env.PATH,
      BITTEN_BUS_PORT: '1',
      BITTEN_HTTP_PORT: '0',
      BITTEN_LOG_FORMAT: 'json',
      ...env,
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return { child, said: () => said, ended };
}

async function portOf({ said }: Started): Promise<number> {
  await until(() => said().includes('"msg":"ready"'));
  const line = said()
    .split('\n')
    .find((each) => each.includes('"msg":"ready"'))!;
  return (JSON.parse(line) as { http: number }).http;
}

describe.skipIf(!existsSync(program))('the program', () => {
  test('comes up without bus and store, says so to whoever looks, and ends in good order', async () => {
    const dataDir = makeFolder();
    const started = start({ BITTEN_DATA_DIR: dataDir });
    const port = await portOf(started);
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ reasons: [{ code: 'bus_away' }, { code: 'store_away' }] });
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    // A page that is open must not keep it from ending.
    const stream = await fetch(`http://127.0.0.1:${port}/api/stream?tail=1`);
    expect(stream.status).toBe(200);
    const token = readFileSync(join(dataDir, 'dashboard-token'), 'utf8').trim();
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(0);
    expect(started.said(), 'the token is in its file alone').not.toContain(token);
    await stream.body?.cancel().catch(() => undefined);
  });

  test('a taken port is told with the setting that changes it', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void holder.close());
    const { port } = holder.address() as { port: number };
    const { ended, said } = start({ BITTEN_DATA_DIR: makeFolder(), BITTEN_HTTP_PORT: String(port) });
    expect(await ended).toBe(1);
    expect(said()).toContain(`127.0.0.1:${port}`);
    expect(said()).toContain('BITTEN_HTTP_PORT');
  });
});
