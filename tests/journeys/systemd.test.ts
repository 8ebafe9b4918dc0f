import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '@bitten/proof';
import { describe, expect, onTestFinished, test } from 'vitest';
import { saySkipped } from '../support/tools.js';

const units = [
  'bitten-bus.service',
  'bitten-collector.service',
  'bitten-alerts.service',
  'bitten-dashboard.service',
] as const;
/** Times ten, as `systemd-analyze` takes it: it gives them 1.3 and the alerts 1.4, and 0 is best. */
const exposure_max = 20;

const why =
  spawnSync('systemd-analyze', ['--version']).status === 0
    ? undefined
    : 'no systemd-analyze (Debian: systemd)';
if (why !== undefined) saySkipped('the systemd units', why);

/** The units as they would be on this machine, where checkout and node may be elsewhere. */
function installed(): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'bitten-units-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return units.map((name) => {
    const text = readFileSync(join(root, 'deploy/systemd', name), 'utf8');
    const file = join(dir, name);
    writeFileSync(file, text.replaceAll('/usr/bin/node', process.execPath).replaceAll('/opt/bitten', root));
    return file;
  });
}

function analyze(...args: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, said: `${stdout}${stderr}` };
}

describe.skipIf(why !== undefined)('the systemd units', () => {
  test('are right in the eyes of systemd, which has nothing to say', () => {
    // What it does not know it only warns of.
    expect(analyze('verify', ...installed())).toEqual({ status: 0, said: '' });
  });

  test('keep the programs from what they do not need', () => {
    for (const file of installed()) {
      const { status, said } = analyze(
        'security',
        '--offline=true',
        '--no-pager',
        `--threshold=${exposure_max}`,
        file,
      );
      if (/unrecognized option|Unknown option/.test(said))
        saySkipped('the exposure of the units', 'systemd is older than 250');
      else expect(status, said).toBe(0);
    }
  });

  test('start what has been built', () => {
    for (const file of installed()) {
      const [, program] = /^ExecStart=\S+ (\S+)$/m.exec(readFileSync(file, 'utf8'))!;
      expect(existsSync(program!), program).toBe(true);
    }
  });
});
