import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { noCounts } from '../src/check/verdict.js';
import { notJudged } from '../src/story/round.js';
import { type FaultReport, runFaults } from '../src/story/run.js';
import { tableOf } from '../src/story/table.js';

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'bitten-unjudged-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A story that is over before it begins. */
function nothing(): Promise<FaultReport> {
  return runFaults({ dir: folder(), seed: 'none', signal: AbortSignal.abort() });
}

test('a round that cannot be judged counts nothing, and says in one line why', () => {
  const { verdict, unjudged } = notJudged(folder(), ['the bus ended by itself: ENOSPC\nat write', 'in vain']);
  expect(verdict).toMatchObject({ ok: false, counts: noCounts() });
  expect(unjudged).toBe('the bus ended by itself: ENOSPC');
});

test('its reason is the verdict, not what it found', async () => {
  const report = { ...(await nothing()), unjudged: 'no room', violations: ['round 0: in vain'] };
  expect(tableOf(report)).toContain('Round 0 could not be judged: no room.');
});

test('a story in which nothing was checked is not sound', async () => {
  const report = await nothing();
  expect(report.ok).toBe(false);
  expect(report.unplayed).toContain('full');
  expect(tableOf(report)).toContain('Nothing was checked.');
});
