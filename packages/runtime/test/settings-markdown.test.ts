import * as v from 'valibot';
import { expect, test } from 'vitest';
import { defineSettings } from '../src/settings/declare.js';
import { settingsMarkdown } from '../src/settings/markdown.js';
import { sharedSettings } from '../src/settings/shared.js';

const { dataDir, host } = sharedSettings;

test('each setting has one row: where it is set, who reads it, its default and what is right', () => {
  const bus = defineSettings({
    dataDir,
    host,
    keep: {
      env: 'BITTEN_KEEP',
      flag: '--keep',
      schema: v.nullable(v.pipe(v.number(), v.minValue(60))),
      default: null,
      unit: 'seconds',
      description: 'this | that',
    },
  });
  const rows = settingsMarkdown([
    { app: 'bus', definition: bus },
    { app: 'collector', definition: defineSettings({ dataDir }) },
  ]).split('\n');
  expect(rows.slice(2)).toEqual([
    expect.stringMatching(
      /^\| `BITTEN_DATA_DIR` \| `--data-dir` \| `dataDir` \| bus, collector \| `data` \| a path \|/,
    ),
    expect.stringMatching(/^\| `BITTEN_HOST` \| `--host` \| `host` \| bus \| `127\.0\.0\.1` \|/),
    '| `BITTEN_KEEP` | `--keep` | `bus.keep` | bus | `none` | a number of seconds such as 30s or 7d, at least 1min, or none | this \\| that |',
  ]);
});
