import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { loadSettings } from '../src/settings/load.js';
import { SettingsError } from '../src/settings/problems.js';
import { sharedSettings } from '../src/settings/shared.js';
import { formatQuantity, parseQuantity } from '../src/settings/units.js';

// Nothing here depends on the time a machine takes that has others to serve.
vi.setConfig({ testTimeout: 60_000 });

const cwd = mkdtempSync(join(tmpdir(), 'bitten-settings-'));
const file = join(cwd, 'settings.yaml');
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Loads, or refuses by one error that a terminal can show. */
function load(argv: readonly string[], env: Record<string, string> = {}): void {
  try {
    loadSettings(sharedSettings, { app: 'bus', argv, env, cwd });
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    for (const { found, where } of (error as SettingsError).problems) {
      expect(found.length + where.length).toBeLessThan(400);
      expect(found).toMatch(/^[^\p{Cc}\p{Cs}]*$/u);
    }
  }
}

const key = fc.oneof(
  fc.constantFrom('host', 'busPort', 'bus', 'collector', 'dataDir', 'logLevel', '__proto__', 'constructor'),
  fc.string(),
);

describe('settings from anybody', () => {
  it.each([
    ['a circle', 'bus: &a [1, *a]\nhost: &b {c: *b}\n'],
    ['a circle as the section', 'bus: &a\n  host: *a\n'],
    ['keys of the prototype', '__proto__: 1\nconstructor: {}\nbus: {toString: 1, __proto__: {host: x}}\n'],
    [
      'many laughs',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'.replaceAll(
        /./g,
        (c) =>
          `${c}: &${c} [${Array(9)
            .fill(`*${String.fromCharCode(c.charCodeAt(0) - 1)}`)
            .join()}]\n`,
      )}`,
    ],
    ['a value of a megabyte', `host: [${'1,'.repeat(500_000)}1]\nbusPort: "${'x'.repeat(100_000)}"\n`],
    ['a key of a hundred kilobytes', `${'k'.repeat(100_000)}: 1\n`],
    ['terminal sequences', '"\\e[2J": "\\e]0;x\\a"\nhost: "a\\0b"\nbusPort: "\\e[2J"\n'],
  ])('a file with %s is read or refused', (_what, text) => {
    writeFileSync(file, text);
    load(['--config', file]);
    expect(({} as { host?: unknown }).host).toBeUndefined();
  });

  it('any file is read or refused', () => {
    const content = fc.oneof(
      fc
        .dictionary(key, fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue())))
        .map((value) => JSON.stringify(value)),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(content, (text) => {
        writeFileSync(file, text);
        load(['--config', file]);
      }),
    );
  });

  it('any command line and any environment are read or refused', () => {
    const word = fc.oneof(
      fc.constantFrom(
        '--host',
        '--bus-port',
        '--no-host',
        '--config',
        '--',
        '--__proto__',
        '--constructor=1',
        '-x',
      ),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(fc.property(fc.array(word), (argv) => load(argv)));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) =>
        load([], {
          BITTEN_HOST: text,
          BITTEN_BUS_PORT: text,
          BITTEN_LOG_FORMAT: text,
          BITTEN_DATA_DIR: text,
        }),
      ),
    );
  });
});

describe('a quantity', () => {
  const unit = fc.constantFrom('bytes', 'milliseconds', 'seconds', 'events', undefined);

  it('of any text is a number or none', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[-+.\d_e]{0,12} ?[a-zA-Z]{0,4}$/)),
        unit,
        (text, of) => {
          expect(parseQuantity(text, of)).not.toBeNaN();
        },
      ),
    );
  });

  it('comes back from its short form', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), unit, (number, of) => {
        expect(parseQuantity(formatQuantity(number, of), of)).toBe(number);
      }),
    );
  });
});
