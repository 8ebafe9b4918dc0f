import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, Child, type Program } from './children.js';

let program: Program;
const children: Child[] = [];

beforeAll(async () => {
  program = await buildProgram('app-program.ts');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => program.remove());

function start(scenario = '', options: ConstructorParameters<typeof Child>[1] = {}): Child {
  const child = new Child(program, { ...options, env: { SCENARIO: scenario, ...options.env } });
  children.push(child);
  return child;
}

function lines(child: Child): string[] {
  return child.stdout.trim().split('\n');
}

describe('runApp', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'stops everything in reverse on %s and exits 0',
    async (signal) => {
      const app = start();
      await app.printed('ready');
      app.kill(signal);
      expect(await app.exited).toEqual({ code: 0, signal: null });
      expect(lines(app).slice(1)).toEqual([
        'log started',
        'sockets starting',
        'sockets stopping',
        'sockets stopped',
        'log stopped',
      ]);
      expect(app.stderr).toContain(`"reason":"${signal}"`);
      expect(app.stderr.trim().split('\n').at(-1)).toContain('"msg":"stopped"');
    },
  );

  it('tells its supervisor when it is ready, and outlives one that goes away', async () => {
    const app = start('', { ipc: true });
    await once(app.process, 'message');
    app.process.disconnect();
    app.kill('SIGTERM');
    expect(await app.exited).toEqual({ code: 0, signal: null });
    expect(app.messages).toEqual(['ready']);
  });

  it('says in one line why it cannot start, stops what had been started and exits 1', async () => {
    const app = start('start-fails');
    expect((await app.exited).code).toBe(1);
    expect(lines(app).at(-1)).toBe('log stopped');
    const [line, ...rest] = app.stderr.trim().split('\n');
    expect(rest).toEqual([]);
    const { level, msg, err } = JSON.parse(line!);
    expect({ level, msg }).toEqual({ level: 'fatal', msg: 'cannot start' });
    expect(err.message).toBe('port 5572 is taken; stop the other bus');
    expect(err.stack).toBeUndefined();
  });

  it('shows the stack of an error of ours to who asks for debug, and of a bug to everybody', async () => {
    const [debugged, bug] = [start('start-fails', { args: ['--log-level', 'debug'] }), start('start-bug')];
    await Promise.all([debugged.exited, bug.exited]);
    expect(debugged.stderr).toContain('app-program');
    expect(bug.stderr).toContain('app-program');
  });

  it('is interrupted in the middle of its start', async () => {
    const app = start('start-waits');
    await app.printed('sockets starting');
    app.kill('SIGINT');
    expect((await app.exited).code).toBe(0);
    expect(lines(app).slice(-3)).toEqual(['sockets stopping', 'sockets stopped', 'log stopped']);
    expect(app.stderr).not.toContain('ready');
  });

  it('names what hung in the start', async () => {
    const app = start('start-hangs', { env: { DEADLINE_MS: '50' } });
    await app.printed('sockets starting');
    app.kill('SIGTERM');
    expect((await app.exited).code).toBe(1);
    expect(app.stderr).toContain('the start of sockets did not end within 50 ms');
  });

  it('names what hung in the stop, exits 1 and leaves alone what that may still use', async () => {
    const app = start('stop-hangs', { env: { DEADLINE_MS: '50' } });
    await app.printed('ready');
    app.kill('SIGTERM');
    expect((await app.exited).code).toBe(1);
    expect(app.stderr).toContain('sockets did not stop within');
    expect(app.stdout).not.toContain('log stopped');
  });

  it('ends at once at a second SIGINT', async () => {
    const app = start('stop-hangs');
    await app.printed('ready');
    app.kill('SIGINT');
    await app.printed('sockets stopping');
    // An echo of the first is ignored, so it is pressed until it is heard.
    const pressing = setInterval(() => app.kill('SIGINT'), 50);
    const { code } = await app.exited;
    clearInterval(pressing);
    expect(code).toBe(130);
  });

  it('stops the rest where one fails to stop, and exits 1', async () => {
    const app = start('stop-fails');
    await app.printed('ready');
    app.kill('SIGTERM');
    expect((await app.exited).code).toBe(1);
    expect(lines(app).at(-1)).toBe('log stopped');
    expect(app.stderr).toContain('socket trouble');
  });

  it.each([
    ['uncaught', 'nobody caught this'],
    ['rejection', 'nobody awaited this'],
    ['fail', 'the disk is full; free some space'],
  ])('logs what nobody caught (%s), stops in order and exits 1', async (scenario, message) => {
    const app = start(scenario);
    expect((await app.exited).code).toBe(1);
    expect(app.stderr).toContain('"level":"fatal"');
    expect(app.stderr).toContain(message);
    expect(lines(app).slice(-3)).toEqual(['sockets stopping', 'sockets stopped', 'log stopped']);
  });

  it('can end by itself', async () => {
    const app = start('stop');
    expect((await app.exited).code).toBe(0);
    expect(app.stderr).toContain('nothing left to do');
  });

  it('goes on when nobody reads its output any more', async () => {
    const app = start();
    await app.printed('ready');
    app.process.stdout?.destroy();
    app.process.stderr?.destroy();
    app.kill('SIGTERM');
    expect(await app.exited).toEqual({ code: 0, signal: null });
  });

  it('creates files for its user only', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bitten-umask-'));
    const app = start('stop', { env: { SCRATCH_FILE: join(folder, 'scratch') } });
    await app.exited;
    expect(statSync(join(folder, 'scratch')).mode & 0o777).toBe(0o600);
    rmSync(folder, { recursive: true });
  });
});

describe('the command line of an app', () => {
  it('reads settings after the separator of pnpm', async () => {
    const app = start('stop', { args: ['--', '--segment-bytes', '2KiB'] });
    await app.exited;
    expect(lines(app)[0]).toBe('segment 2048');
  });

  it('refuses wrong settings, all at once, on standard error, with exit code 2', async () => {
    const app = start('', {
      args: ['--segment-byte', '7', '--pub-port', 'x'],
      env: { BITTEN_BUS_PORT: '70000' },
    });
    expect((await app.exited).code).toBe(2);
    expect(app.stdout).toBe('');
    expect(app.stderr).toMatch(/^bitten-bus: 3 problems:/);
    for (const part of ['did you mean --segment-bytes?', '--pub-port', 'BITTEN_BUS_PORT']) {
      expect(app.stderr).toContain(part);
    }
  });

  it('answers --help and --version on standard output and exits 0', async () => {
    const [help, version] = [start('', { args: ['--help'] }), start('', { args: ['--version'] })];
    expect((await help.exited).code).toBe(0);
    expect(help.stdout).toContain('--segment-bytes SIZE');
    expect(help.stderr).toBe('');
    await version.exited;
    expect(version.stdout).toBe('bitten-bus 1.2.3\n');
  });
});
