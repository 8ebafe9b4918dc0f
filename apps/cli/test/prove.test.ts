import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FaultReport, noCounts, noTally } from '@bitten/proof';
import { UsageError } from '@bitten/runtime';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { readTime } from '../src/commands/prove.js';
import { describeProof } from '../src/prove/describe.js';
import { takeFolder } from '../src/prove/folder.js';
import { type PowerSummary, proofOf } from '../src/prove/proof.js';
import { requireRoom } from '../src/prove/room.js';
import { colorsFor } from '../src/show/terminal.js';

let above: string;
beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), 'bitten-prove-'));
  onTestFinished(() => rmSync(above, { recursive: true, force: true }));
});

describe('the folder of a proof', () => {
  test('is made where it is missing, and gone afterwards', () => {
    const folder = takeFolder(join(above, 'new'));
    mkdirSync(join(folder.dir, 'round-0'));
    folder.leave({ keep: false });
    expect(existsSync(folder.dir)).toBe(false);
  });

  test('is gone with the folders above it that were made for it, and with no others', () => {
    const folder = takeFolder(join(above, 'a', 'b', 'c'));
    folder.leave({ keep: false });
    expect(readdirSync(above)).toEqual([]);
    const again = takeFolder(join(above, 'a', 'b', 'c'));
    writeFileSync(join(above, 'a', 'letter.txt'), 'dear');
    again.leave({ keep: false });
    expect(readdirSync(join(above, 'a'))).toEqual(['letter.txt']);
  });

  test('stays, with the evidence, where something was lost; the next proof clears it away', () => {
    const folder = takeFolder(join(above, 'new'));
    mkdirSync(join(folder.dir, 'round-0'));
    folder.leave({ keep: true });
    // As if that process had ended: nobody has this pid.
    writeFileSync(join(folder.dir, 'bitten-proof.json'), JSON.stringify({ pid: 2 ** 22 + 1 }));
    expect(readdirSync(folder.dir)).toContain('round-0');
    expect(readdirSync(takeFolder(folder.dir).dir)).toEqual(['bitten-proof.json']);
  });

  test('is refused where it holds anything that is not a proof’s, and left as it was', () => {
    writeFileSync(join(above, 'letter.txt'), 'dear');
    mkdirSync(join(above, 'round-0'));
    expect(() => takeFolder(above)).toThrow(UsageError);
    expect(readdirSync(above).sort()).toEqual(['letter.txt', 'round-0']);
  });

  test('is refused while another proof is at work in it', () => {
    const { dir } = takeFolder(above);
    expect(() => takeFolder(dir)).toThrow(/has a proof running/);
  });
});

test('a disk without the room that a proof takes is refused before anything is made', () => {
  const dir = join(above, 'a', 'b');
  const asked: string[] = [];
  const with_mb = (mb: number) => (place: string) => {
    asked.push(place);
    return mb * 1024 ** 2;
  };
  expect(() => requireRoom({ dir, faults_s: 9, freeOn: with_mb(12) })).toThrow(/needs 94 MB.* 12 MB left/);
  expect(() => requireRoom({ dir, faults_s: 9, freeOn: with_mb(120) })).not.toThrow();
  expect(() => requireRoom({ dir, faults_s: 36, freeOn: with_mb(120) })).toThrow(UsageError);
  expect(new Set(asked)).toEqual(new Set([above]));
});

test('a time is taken with its unit only', () => {
  expect(readTime('15s')).toBe(15_000);
  expect(readTime('1m')).toBe(60_000);
  expect(() => readTime('15')).toThrow(/found 15 without a unit/);
});

const report: FaultReport = {
  ...noTally(),
  kills: 3,
  killsByPoint: { midAppend: 2, random: 1 },
  seed: 'abc',
  ok: true,
  rounds: 1,
  unplayed: [],
  unjudged: null,
  elapsed_s: 12,
  counts: { ...noCounts(), acknowledged: 1_234, promised: 1_290, stored: 1_300 },
  violations: [],
  kept: [],
};

function told(faults: FaultReport, power: PowerSummary | null, interrupted = false): string {
  const colors = colorsFor({ isTTY: false } as NodeJS.WriteStream);
  return describeProof(proofOf(faults, power, { dir: '/disk', seconds: 12, interrupted }), colors);
}

describe('a proof in words', () => {
  test('says what was done, what became of the events, and how to see it again', () => {
    const text = told(report, null);
    expect(text).toContain('Nothing acknowledged was lost');
    expect(text).toMatch(/acknowledged +1,234/);
    expect(text).toMatch(/promised +1,290/);
    expect(text).toMatch(/lost +0/);
    expect(text).toContain('2 kills at 1 named place in');
    expect(text).not.toContain('Not come up');
    expect(text).toContain('--seed abc');
  });

  test('says that fsync itself was not shown where the power was not cut, and how it was where it was', () => {
    expect(told(report, null)).toContain('The power was not cut');
    const cut = { cuts: 3, counts: noCounts(), violations: [] };
    expect(told(report, { ...cut, method: 'image' })).toContain('on a file system of their own');
    const injected = told(report, { ...cut, method: 'injected', whyNoImage: 'no loop devices' });
    expect(injected).toContain('dropping what was not fsynced');
    expect(injected).toContain('no loop devices');
  });

  test('tells every violation, of the power cuts too', () => {
    const power = { cuts: 1, counts: { ...noCounts(), lost: 2 }, violations: ['lost: two events'] };
    const text = told(report, { ...power, method: 'image' });
    expect(text).toContain('Broken');
    expect(text).toContain('lost: two events');
    expect(text).toMatch(/lost +2/);
  });

  test('names the faults that did not come up', () => {
    expect(told({ ...report, unplayed: ['clock', 'full'] }, null)).toContain('a moved clock, a full disk');
  });

  test('says why the power was not cut', () => {
    expect(told(report, null)).toContain('no time for it');
    expect(told(report, null, true)).toContain('not cut: interrupted before');
    expect(proofOf(report, null, { dir: '/disk', seconds: 1, interrupted: true }).powerWhyNot).toBe(
      'interrupted before',
    );
  });

  test('what could not be judged is neither proven nor lost', () => {
    const unjudged = 'the disk of /disk is full (0.0 MB left)';
    const faults = { ...report, ok: false, rounds: 0, unjudged, counts: noCounts(), violations: ['in vain'] };
    const text = told(faults, null);
    expect(text).toContain(`Could not be judged: ${unjudged}`);
    expect(text).not.toContain('Broken');
    expect(text).toMatch(/lost +0/);
    const power: PowerSummary = { method: 'image', cuts: 1, counts: noCounts(), violations: ['x'], unjudged };
    expect(proofOf(report, power, { dir: '/disk', seconds: 1, interrupted: false }).ok).toBe(false);
    expect(told(report, power)).toContain('Could not be judged');
  });

  test('is no proof where nothing was checked', () => {
    const nothing = { ...report, ok: false, rounds: 0 };
    expect(told(nothing, null)).toContain('Nothing was checked');
    expect(told(nothing, null, true)).toContain('Interrupted before anything was checked');
    expect(proofOf(nothing, null, { dir: '/disk', seconds: 1, interrupted: true }).ok).toBe(false);
  });
});
