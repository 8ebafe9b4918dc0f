import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadFileError } from '../../../apps/cli/src/import/bad-file.js';
import { chooseFormats, formatNames } from '../../../apps/cli/src/import/choose.js';
import { readMapping } from '../../../apps/cli/src/import/mapping-rules.js';
import { parseDuration, parseMoment, readTimestamp } from '../../../apps/cli/src/time.js';
import {
  formatQuantity,
  loadSettings,
  parseQuantity,
  SettingsError,
  sharedSettings,
  UsageError,
} from '../../../packages/runtime/dist/index.js';
import { addPythonRows } from '../../support/python-database.js';
import { bytesOf, refusing, type Target } from '../target.js';
import { eventSamples } from './events.js';

const folder = mkdtempSync(join(tmpdir(), 'bitten-fuzz-people-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const signal = {
  timestamp: '2025-01-02T03:04:05.25',
  pair: 'NZDUSD',
  pattern: 'P',
  confidence: 7,
  win: true,
  signal_id: 'S',
};
const lines: Readonly<Record<(typeof formatNames)[number], ReadonlyArray<string | Buffer>>> = {
  jsonl: [JSON.stringify(signal)],
  'signal-outcomes': [JSON.stringify(signal), JSON.stringify({ ...signal, direction: 'BUY', win: false })],
  events: [
    ...eventSamples.map(String),
    JSON.stringify({ seq: 1, appended_at: 2, event_type: 'x', extra: { __proto__: 1 } }),
  ],
  ticks: ['20200101 170014743,1.12122,1.12170,0\n20200101 170015000,1.1,1.2,3\n'],
  'python-db': [pythonDatabase()],
  bars: ['timestamp,open,high,low,close\n2012-01-02 00:00,1,2,1,1.5\n2012-01-02 00:01,1,2,1,1.6\n'],
};

/** The bytes of a small database of the Python collector. */
function pythonDatabase(): Buffer {
  const file = join(folder, 'python.db');
  addPythonRows(file, () => [
    ['market_data', 1_757_957_318.5, 'mt5_feed', null, '7', null, '{"symbol": "EURUSD"}', 1],
  ]);
  return readFileSync(file);
}

const mapping = [
  {
    type: 'x',
    set: { a: 'b', c: { from: ['d', 'e'], words: { true: 'WIN' } }, f: { value: [1] } },
    drop: ['g'],
  },
];

/** Reads a file as one format and makes the events of all its lines. */
async function importFile(format: (typeof formatNames)[number], input: Buffer): Promise<void> {
  const file = join(folder, 'eurusd.txt');
  writeFileSync(file, input);
  const choice = {
    format,
    mapping: format === 'jsonl' ? readMapping({ events: mapping }, 'map') : undefined,
  };
  const given = format === 'bars' ? [file, file] : [file];
  const chosen = refusing([UsageError, BadFileError], () =>
    chooseFormats(given, { ...choice, symbol: undefined, source: undefined, offset_s: 0 }),
  );
  for (const { files, format: chosenFormat } of chosen ?? []) {
    try {
      for await (const records of chosenFormat.read(files, {})) {
        for (const record of records) assert(chosenFormat.map(record).length > 0, 'no line vanishes');
      }
    } catch (error) {
      if (!(error instanceof BadFileError)) throw error;
    }
  }
}

/** Settings from each of the three places they may come from. */
function loadAll(input: Buffer): void {
  const text = input.toString('utf8');
  const path = join(folder, 'settings.yaml');
  writeFileSync(path, input);
  const load = (argv: readonly string[], env: Record<string, string>) =>
    refusing([SettingsError], () => loadSettings(sharedSettings, { app: 'bus', argv, env, cwd: folder }));
  load(['--config', path], {});
  load(text.split(/\s+/), {});
  load([], { BITTEN_HOST: text, BITTEN_BUS_PORT: text, BITTEN_LOG_LEVEL: text });
}

export const peopleTargets: readonly Target[] = [
  ...formatNames.map((format) => ({
    name: `import-${format}`,
    samples: lines[format].map((content) => Buffer.from(content)),
    run: (input: Buffer) => importFile(format, input),
  })),
  {
    name: 'mapping',
    samples: bytesOf({ events: mapping }, mapping[0]!),
    run: (input) => {
      let content: unknown;
      try {
        content = JSON.parse(input.toString());
      } catch {
        return;
      }
      refusing([UsageError], () => readMapping(content, 'map'));
    },
  },
  {
    name: 'settings',
    samples: bytesOf(
      'host: 127.0.0.1\nbusPort: 5572\nbus:\n  pubPort: 1\n  logLevel: info\n',
      '--bus-port 5572 --host localhost --log-level=debug --no-x',
      'a: &a [1, *a]\nbus: &b\n  host: *b\n',
      '{"dataDir": "x", "collector": {"host": null}}',
      '--config x --help',
      'bus: [1, 2]\nhost: {a: 1}\n__proto__: 1\nconstructor: {}\n',
    ),
    run: loadAll,
  },
  {
    name: 'units',
    samples: bytesOf('64MiB', '7d', '1_000 ms', '-5.5e3s', '.5GB', '1e400', '0'),
    run: (input) => {
      for (const unit of ['bytes', 'milliseconds', 'seconds', 'events', undefined] as const) {
        const number = parseQuantity(input.toString(), unit);
        if (number === undefined) continue;
        assert(!Number.isNaN(number));
        const again = parseQuantity(formatQuantity(number, unit), unit);
        assert(
          again === undefined ||
            Object.is(again, number) ||
            again === number ||
            !Number.isInteger(number) ||
            Math.abs(number) > 2 ** 40,
        );
      }
    },
  },
  {
    name: 'time',
    samples: bytesOf(
      '2025-08-21T17:58:00.123456Z',
      '2025-08-21',
      '1757957318.5',
      '10ms',
      '1h',
      'now',
      '2025-01-01 10:00+02:00',
    ),
    run: (input) => {
      const text = input.toString();
      const time = readTimestamp(text);
      assert(time === undefined || Number.isFinite(time));
      const moment = refusing([UsageError], () => parseMoment(text, '--since', 1.7e9));
      assert(moment === undefined || Number.isFinite(moment));
      const duration = refusing([UsageError], () => parseDuration(text, '--sleep'));
      assert(duration === undefined || (Number.isFinite(duration) && duration >= 0));
    },
  },
];
