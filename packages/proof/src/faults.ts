// The fault suite as one command: `pnpm faults`.
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FaultsOptions, parseOptions, usage } from './faults-options.js';
import { describe } from './story/fault.js';
import { runFaults } from './story/run.js';
import { tableOf } from './story/table.js';
import { notBuilt } from './system/places.js';

process.exitCode = await main();

async function main(): Promise<number> {
  let options: FaultsOptions | 'help';
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    return fail(`${(error as Error).message.replaceAll('\n', ' ')}; --help shows how it is called`);
  }
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  const missing = notBuilt();
  if (missing.length > 0) return fail(`not built: ${missing.join(', ')}; run pnpm build`);
  return run(options);
}

async function run({ json, ...options }: FaultsOptions): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'bitten-faults-'));
  process.stderr.write(`seed ${options.seed}: the same faults again with --seed ${options.seed}\n`);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const report = await runFaults({
    ...options,
    dir,
    signal: stop.signal,
    onProgress(soFar, last) {
      const line = `${Math.round(soFar.elapsed_s)} s, ${soFar.kills} kills; ${last === undefined ? '' : describe(last)}`;
      process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
    },
  });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  if (report.kept.length === 0) rmdirSync(dir);
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : tableOf(report));
  return report.ok ? 0 : 1;
}

function fail(words: string): number {
  process.stderr.write(`${words}\n`);
  return 2;
}
