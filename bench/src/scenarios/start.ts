/*
 * Question:   how long does a command take from its being typed to its first work?
 * Knobs:      how often each is started.
 * Thresholds: ≤ 150 ms for the slowest command, and node's own start is in it.
 *
 * Whole processes, in turn with node alone, so that the ratio holds where the machine's speed drifts. With --help a
 * command has read its settings' declarations and all its modules, and does nothing: that is where its work begins.
 */
import { spawnSync } from 'node:child_process';
import { now_ms } from '../measure/clock.js';
import type { Scenario } from '../scenario.js';
import { cli } from '../system/places.js';

/** Those that load most: the bus protocol, the bridge, the store, the importer. */
const commands = ['tail', 'publish', 'query', 'stats', 'import', 'doctor'] as const;

export const start: Scenario = {
  name: 'start',
  question: 'How long does a command take from its being typed to its first work?',
  figures: ['start.node', 'start.version', 'start.command'],
  async run(bench) {
    const { runs } = bench.knobs({ quick: { runs: 5 }, usual: { runs: 11 }, full: { runs: 31 } });
    const calls = [['-e', '0'], [cli, '--version'], ...commands.map((name) => [cli, name, '--help'])];
    const took_ms = calls.map(() => [] as number[]);
    // The first round fills the page cache, and does not count.
    for (let run = -1; run < runs; run += 1) {
      for (const [at, args] of calls.entries()) {
        const one_ms = startOnce(args);
        if (run >= 0) took_ms[at]!.push(one_ms);
      }
    }
    const [node = 0, version = 0, ...each] = took_ms.map(medianOf);
    const slowest = Math.max(...each);
    bench.record('start.node', node);
    bench.record('start.version', version);
    bench.record('start.command', slowest);
    bench.note(`command start: the slowest is bitten ${commands[each.indexOf(slowest)] ?? ''}`);
  },
};

function startOnce(args: readonly string[]): number {
  const begun_ms = now_ms();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
  return now_ms() - begun_ms;
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
