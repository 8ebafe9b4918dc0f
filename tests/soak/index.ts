import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseOptions, type SoakOptions, usage } from './options.js';
import { describeSoak } from './report.js';
import { runSoak } from './run.js';
import { judge } from './verdict.js';

process.exitCode = await main();

async function main(): Promise<number> {
  let options: SoakOptions | 'help';
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  return soak(options);
}

async function soak(options: SoakOptions): Promise<number> {
  const outDir =
    options.out === undefined ? mkdtempSync(join(tmpdir(), 'bitten-soak-')) : resolve(options.out);
  mkdirSync(outDir, { recursive: true, mode: 0o700 });
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  say(`seed ${options.seed}; samples and logs in ${outDir}`);
  const result = await runSoak({ ...options, outDir, signal: ending.signal, say });
  const verdict = judge(result, options);
  const { samples: _, ...facts } = result;
  writeFileSync(
    join(outDir, 'summary.json'),
    `${JSON.stringify({ options, ...facts, ...verdict }, null, 1)}\n`,
  );
  process.stdout.write(describeSoak(result, verdict, options));
  // The log and the store are large and have been checked; where something is wrong, they are evidence.
  if (verdict.broken.length === 0) rmSync(join(outDir, 'data'), { recursive: true, force: true });
  return verdict.broken.length === 0 ? 0 : 1;
}
