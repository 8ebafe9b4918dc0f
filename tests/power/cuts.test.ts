import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPowerCuts, whyNoImages } from '@bitten/proof';
import { describe, expect, onTestFinished, test } from 'vitest';
import { scaled, testSeed } from '../support/scale.js';
import { saySkipped } from '../support/tools.js';

const whyNot = whyNoImages(tmpdir());
if (whyNot !== undefined) saySkipped('power cuts of an ext4 image', whyNot);

/** Cuts, and the check of everything after every few of them. */
async function cutPower(method: 'image' | 'injected', cuts: number): Promise<void> {
  const seed = testSeed();
  const dir = mkdtempSync(join(tmpdir(), 'bitten-power-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const report = await runPowerCuts({ dir, seed, method, cuts });
  console.info(
    `${report.cuts} power cuts (${method}): ${report.acknowledged} acknowledged, ${report.lost} lost, ` +
      `${report.doubled} doubled, ${report.reordered} reordered`,
  );
  expect(report.violations).toEqual([]);
  expect(report.cuts).toBe(cuts);
  expect(report.acknowledged, 'there was something to lose').toBeGreaterThan(cuts);
}

describe('a power cut under load', () => {
  test.skipIf(whyNot !== undefined)('takes nothing that was acknowledged: ext4 image', async () => {
    await cutPower('image', scaled(10, 100));
  });

  test('takes nothing that was acknowledged: unsynced writes lost, torn and reordered', async () => {
    await cutPower('injected', scaled(5, 100));
  });
});
