import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FaultReport, noCounts, noTally } from '@bitten/proof';
import { UsageError } from '@bitten/runtime';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { describeProof } from '../src/prove/describe.js';
import { takeFolder } from '../src/prove/folder.js';
import { type PowerSummary, proofOf } from '../src/prove/proof.js';
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

const report: FaultReport = {
  ...noTally(),
  kills: 3,
  killsByPoint: { midAppend: 2, random: 1 },
  seed: 'abc',
  ok: true,
  rounds: 1,
  elapsed_s: 12,
  counts: { ...noCounts(), acknowledged: 1_234, stored: 1_300 },
  violations: [],
  kept: [],
};

function told(faults: FaultReport, power: PowerSummary | null): string {
  const colors = colorsFor({ isTTY: false } as NodeJS.WriteStream);
  return describeProof(proofOf(faults, power, { dir: '/disk', seconds: 12 }), colors);
}

describe('a proof in words', () => {
  test('says what was done, what became of the events, and how to see it again', () => {
    const text = told(report, null);
    expect(text).toContain('Nothing acknowledged was lost');
    expect(text).toMatch(/acknowledged +1,234/);
    expect(text).toMatch(/lost +0/);
    expect(text).toContain('2 kills were at 1 named places');
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
});
