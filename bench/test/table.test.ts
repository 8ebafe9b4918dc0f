import { expect, test } from 'vitest';
import type { FigureName } from '../src/figures.js';
import { summarize } from '../src/figures.js';
import { besideTable, budgetTable, machineText, neighboursText, type Results, wrap } from '../src/table.js';

const machine = {
  cpu: 'A Fine One',
  cores: 2,
  memory_gb: 24,
  kernel: 'Linux 6',
  filesystem: 'ext4',
  node: '20.20.0',
  packages: { 'zeromq.js': '6.8.0' },
  commit: 'abc123',
  is_changed: true,
};

function resultsOf(asked: FigureName[], summaries: Results['summaries']): Results {
  return { machine, load: { average_1m: 0.1, busy: 0 }, summaries, asked: new Set(asked), notes: [] };
}

test('a line has must, measured, ratio and verdict', () => {
  const table = budgetTable(
    resultsOf(['replay.rate'], { 'replay.rate': summarize([150_000, 160_000, 140_000])! }),
  );
  expect(table).toMatch(/≥ 300k\/s +│ 150k\/s \(140k to 160k\) +│ 0\.50 +│ not met/);
});

test('what nothing can measure yet has no number', () => {
  const table = budgetTable(resultsOf(['size.hot'], { 'size.hot': summarize([200])! }));
  expect(table).toMatch(/archived ≤ 20 MB +│ – +│ +│ not yet/);
});

test('lines nobody asked for are left out, and what the budget judges is not told twice', () => {
  const results = resultsOf(['replay.rate', 'replay.fetch'], { 'replay.fetch': summarize([400_000])! });
  expect(budgetTable(results)).not.toContain('restart');
  expect(besideTable(results)).toContain('400k/s');
  expect(besideTable(resultsOf(['replay.rate'], { 'replay.rate': summarize([1])! }))).toBe('');
});

test('the machine is named, and warned of where figures would be worse or worthless', () => {
  const calm = machineText(resultsOf([], {}));
  expect(calm).toContain('A Fine One, 2 cores, 24 GB; Linux 6; ext4');
  expect(calm).toContain('commit abc123 with changes');
  expect(calm).not.toContain('WARNING');
  const busy = machineText({ machine, load: { average_1m: 1.9, busy: 0.5 } });
  expect(busy).toContain('WARNING: the machine is busy');
  const inMemory = machineText({
    machine: { ...machine, filesystem: 'tmpfs' },
    load: { average_1m: 0, busy: 0 },
  });
  expect(inMemory).toContain('syncs nothing');
});

test('a run that others disturbed says so', () => {
  expect(neighboursText({ average_1m: 0, busy: 0, others: 0.3 })).toContain('WARNING: others used 30.0 %');
  expect(neighboursText({ average_1m: 0, busy: 0, others: 0.01 })).not.toContain('WARNING');
  expect(neighboursText({ average_1m: 0, busy: 0 })).toBe('');
});

test('text is broken at blanks', () => {
  expect(wrap('one two three four', 9)).toBe('one two\nthree\nfour');
});
