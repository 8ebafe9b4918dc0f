import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeFindings } from '../src/doctor/describe.js';
import type { Facts } from '../src/doctor/facts.js';
import { kindOf } from '../src/doctor/file-system.js';
import { ok, warning, wrong } from '../src/doctor/finding.js';
import { listenersOf } from '../src/doctor/listeners.js';
import { lookAtClock } from '../src/doctor/looks/clock.js';
import { lookAtFileSystem, lookAtRoom } from '../src/doctor/looks/folder.js';
import { lookAtNode } from '../src/doctor/looks/machine.js';
import { lookAtCursors } from '../src/doctor/looks/readers.js';
import { colorsFor } from '../src/show/terminal.js';

const mebibyte = 1024 ** 2;

describe('the looks of the doctor', () => {
  it('know the oldest Node.js there may be', () => {
    expect(lookAtNode('20.19.0').level).toBe('ok');
    expect(lookAtNode('26.0.1').level).toBe('ok');
    expect(lookAtNode('20.18.9').level).toBe('wrong');
    expect(lookAtNode('18.20.0')).toMatchObject({ level: 'wrong', remedy: 'install Node.js 20.19 or newer' });
  });

  it('want room for some segments, and more for comfort', () => {
    expect(lookAtRoom(100 * mebibyte, 64 * mebibyte).level).toBe('wrong');
    expect(lookAtRoom(1024 * mebibyte, 64 * mebibyte).level).toBe('warning');
    expect(lookAtRoom(10_000 * mebibyte, 64 * mebibyte).level).toBe('ok');
  });

  it('know file systems on which locks and syncs say nothing', () => {
    expect(lookAtFileSystem(kindOf(0x6969))).toMatchObject([
      { level: 'wrong', text: expect.stringContaining('NFS') as string },
    ]);
    expect(lookAtFileSystem(kindOf(0x01021994))).toMatchObject([{ level: 'warning' }]);
    expect(lookAtFileSystem(kindOf(0xef53))).toEqual([]);
    expect(lookAtFileSystem(null)).toEqual([]);
  });

  it('see a clock that has been set back behind the log', () => {
    const at = (last_append_at: number) =>
      lookAtClock({
        bus: { state: 'nobody' },
        log: { state: 'there', id: 'a', damage: [], next: 2, last_append_at },
        now: 1_000,
      });
    expect(at(999)[0]?.level).toBe('ok');
    expect(at(1_001)[0]?.level).toBe('ok');
    expect(at(1_600)[0]).toMatchObject({
      level: 'warning',
      text: expect.stringContaining('10 min behind') as string,
    });
  });

  it('see cursors that keep retention waiting, and none that are at work', () => {
    const cursor = { log: 'events' as const, next: 5, hold: true, lag: 7, committed_at: 1_000 };
    const cursors = [
      { ...cursor, name: 'gone' },
      { ...cursor, name: 'at-work', committed_at: 9_990 },
      { ...cursor, name: 'does-not-hold', hold: false },
      { ...cursor, name: 'has-read-all', lag: 0 },
      { ...cursor, name: 'collector' },
    ];
    const facts = { bus: { state: 'answers', stats: { cursors } }, now: 10_000 } as unknown as Facts;
    expect(lookAtCursors(facts)).toMatchObject([
      { level: 'warning', remedy: expect.stringContaining('bitten cursors delete gone --force') as string },
    ]);
  });

  it('find out who listens on a port', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const found = listenersOf([port]).get(port);
    // Without /proc nobody can tell.
    if (process.platform === 'linux') expect(found).toMatchObject({ pid: process.pid });
    else expect(found).toBeUndefined();
  });
});

it('each finding has a line, what to do the line below, and control characters do nothing', () => {
  const findings = [
    ok('node', '20'),
    warning('disk', 'full\u001b[2J', 'rm x'),
    wrong('bus', 'gone', 'start it'),
  ];
  const text = describeFindings(findings, colorsFor({ isTTY: false } as NodeJS.WriteStream));
  expect(text.split('\n')).toEqual([
    'ok       node  20',
    'warning  disk  full␛[2J',
    '               rm x',
    'wrong    bus   gone',
    '               start it',
    '',
    '1 wrong, 1 warning',
    '',
  ]);
});
