// The fault suite as one command: `pnpm faults`.
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describe, type FaultKind, faultKinds } from './story/fault.js';
import { type FaultReport, runFaults } from './story/run.js';
import { tableOf } from './story/table.js';
import { notBuilt } from './system/places.js';

const help = `pnpm faults: breaks a running system in every way there is, and checks that nothing is lost.

  --minutes N     go on for so long (default: 1, where --kills is not given)
  --kills N       go on until so many processes have been killed
  --seed S        choose the same faults again (default: a new one, which is told)
  --only KIND     one kind of faults, or several: ${faultKinds.join(', ')}
  --json          print the report as JSON
  --help          show this text

Exit code 0: nothing acknowledged was lost, doubled or reordered. 1: something was; the folder of that round is kept.
`;

const { values } = parseArgs({
  // pnpm hands its own -- on.
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    minutes: { type: 'string' },
    kills: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string', multiple: true },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

if (values.help === true) process.stdout.write(help);
else process.exitCode = await run();

async function run(): Promise<number> {
  const missing = notBuilt();
  if (missing.length > 0) return fail(`not built: ${missing.join(', ')}; run pnpm build`);
  const kinds = (values.only ?? faultKinds).flatMap((text) => text.split(',')) as FaultKind[];
  const unknown = kinds.filter((kind) => !faultKinds.includes(kind));
  if (unknown.length > 0)
    return fail(`no such kind: ${unknown.join(', ')}; there are ${faultKinds.join(', ')}`);
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
  const kills = values.kills === undefined ? undefined : Number(values.kills);
  if (Number.isNaN(minutes) || Number.isNaN(kills)) return fail('--minutes and --kills take a number');
  const seed = values.seed ?? Math.floor(Math.random() * 2 ** 32).toString(36);
  const dir = mkdtempSync(join(tmpdir(), 'bitten-faults-'));
  process.stderr.write(`seed ${seed}: the same faults again with --seed ${seed}\n`);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const report = await runFaults({
    dir,
    seed,
    kinds,
    ...(kills === undefined ? { minutes: minutes ?? 1 } : { kills }),
    ...(minutes === undefined ? {} : { minutes }),
    signal: stop.signal,
    onProgress(soFar, last) {
      const line = `${Math.round(soFar.elapsed_s)} s, ${soFar.kills} kills; ${last === undefined ? '' : describe(last)}`;
      process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
    },
  });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  if (report.kept.length === 0) rmdirSync(dir);
  show(report);
  return report.ok ? 0 : 1;
}

function show(report: FaultReport): void {
  process.stdout.write(values.json === true ? `${JSON.stringify(report)}\n` : tableOf(report));
}

function fail(words: string): number {
  process.stderr.write(`${words}\n`);
  return 2;
}
