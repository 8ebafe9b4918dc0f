import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineSettings } from '../src/settings/declare.js';
import { helpText } from '../src/settings/help.js';
import {
  describeSettings,
  type LoadedSettings,
  type LoadOptions,
  loadSettings,
} from '../src/settings/load.js';
import { settingsMarkdown } from '../src/settings/markdown.js';
import { SettingsError } from '../src/settings/problems.js';
import { healthPorts, sharedSettings } from '../src/settings/shared.js';

const definition = defineSettings({
  ...sharedSettings,
  segmentBytes: {
    env: 'BITTEN_SEGMENT_BYTES',
    flag: '--segment-bytes',
    schema: v.pipe(v.number(), v.integer(), v.minValue(1024)),
    default: 64 * 1024 * 1024,
    unit: 'bytes',
    description: 'size of a segment',
  },
  retentionAge: {
    env: 'BITTEN_RETENTION_AGE',
    flag: '--retention-age',
    schema: v.nullable(v.pipe(v.number(), v.minValue(0))),
    default: null,
    unit: 'seconds',
    description: 'how long events are kept',
  },
  feed: {
    env: 'BITTEN_FEED',
    flag: '--feed',
    schema: v.boolean(),
    default: true,
    description: 'whether there is a live feed',
  },
  keys: {
    env: 'BITTEN_KEYS',
    flag: '--keys',
    schema: v.array(v.string()),
    default: [],
    description: 'who may come in',
  },
});

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'bitten-settings-')));
  writeFileSync(join(root, 'pnpm-workspace.yaml'), '');
  mkdirSync(join(root, 'apps/bus'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function load(options: Partial<LoadOptions> = {}): LoadedSettings<typeof definition> {
  const loaded = loadSettings(definition, { app: 'bus', argv: [], env: {}, cwd: root, ...options });
  if (loaded.request !== 'run') throw new Error(`asked for ${loaded.request}`);
  return loaded;
}

function problems(options: Partial<LoadOptions>): string[] {
  try {
    load(options);
  } catch (error) {
    if (error instanceof SettingsError) {
      return error.problems.map(
        ({ where, found, expected, remedy }) => `${where} | ${found} | ${expected} | ${remedy}`,
      );
    }
    throw error;
  }
  return [];
}

const writeYaml = (text: string) => writeFileSync(join(root, 'bitten.yaml'), text);

describe('precedence', () => {
  it('is flag, environment, file, default, and each value names its source', () => {
    writeYaml('pubPort: 1001\npullPort: 1001\nbusPort: 1001\n');
    const { values, origins } = load({
      argv: ['--pub-port', '1003'],
      env: { BITTEN_PUB_PORT: '1002', BITTEN_PULL_PORT: '1002' },
    });
    expect(values).toMatchObject({ pubPort: 1003, pullPort: 1002, busPort: 1001, httpPort: 5580 });
    expect(origins.pubPort).toEqual({ source: 'flag', where: '--pub-port' });
    expect(origins.pullPort).toEqual({ source: 'environment', where: 'BITTEN_PULL_PORT' });
    expect(origins.busPort).toEqual({ source: 'file', where: `${join(root, 'bitten.yaml')}: busPort` });
    expect(origins.httpPort).toEqual({ source: 'default', where: 'default' });
  });

  it("lets the app's own section of the file win over its top", () => {
    writeYaml('logLevel: warn\nbus:\n  logLevel: debug\n  segmentBytes: 2KiB\n');
    expect(load().values).toMatchObject({ logLevel: 'debug', segmentBytes: 2048 });
  });

  it("keeps an app's own setting apart from the shared one of the same name", () => {
    const own = { httpPort: healthPorts.bus, dataDir: sharedSettings.dataDir };
    const portOf = () =>
      (loadSettings(own, { app: 'bus', argv: [], env: {}, cwd: root }) as { values: { httpPort: unknown } })
        .values.httpPort;
    writeYaml('httpPort: 8080\n');
    expect(portOf(), 'the top of the file is about the dashboard').toBe(5581);
    writeYaml('httpPort: 8080\nbus:\n  httpPort: none\n');
    expect(portOf()).toBeNull();
    expect(settingsMarkdown([{ app: 'bus', definition: own }])).toContain('`bus.httpPort`');
  });

  it('takes an empty variable for an absent one', () => {
    expect(load({ env: { BITTEN_HOST: '' } }).values.host).toBe('127.0.0.1');
  });
});

describe('places', () => {
  it('puts the data folder at the root of the workspace, from wherever it is started', () => {
    expect(load({ cwd: join(root, 'apps/bus') }).values.dataDir).toBe(join(root, 'data'));
  });

  it('puts it beside a program that stands alone', () => {
    const alone = realpathSync(mkdtempSync(join(tmpdir(), 'bitten-alone-')));
    expect(load({ cwd: alone }).values.dataDir).toBe(join(alone, 'data'));
    rmSync(alone, { recursive: true });
  });

  it('reads relative paths from where the command was typed, through pnpm as well', () => {
    const cwd = join(root, 'apps/bus');
    const argv = ['--data-dir', './here'];
    expect(load({ cwd, argv }).values.dataDir).toBe(join(cwd, 'here'));
    const env = { INIT_CWD: '/typed', PNPM_SCRIPT_SRC_DIR: cwd };
    expect(load({ cwd, argv, env }).values.dataDir).toBe('/typed/here');
    // Inherited from a pnpm that runs something else, it says nothing about this program.
    expect(load({ cwd, argv, env: { ...env, PNPM_SCRIPT_SRC_DIR: root } }).values.dataDir).toBe(
      join(cwd, 'here'),
    );
  });

  it('reads relative paths of a file from that file, and finds the file at the root', () => {
    writeYaml('dataDir: events\n');
    expect(load({ cwd: join(root, 'apps/bus') }).values.dataDir).toBe(join(root, 'events'));
  });

  it('takes the file that is named, and does not go on without it', () => {
    writeFileSync(join(root, 'other.yaml'), 'host: 10.0.0.1\n');
    writeYaml('host: 10.0.0.2\n');
    expect(load({ argv: ['--config', 'other.yaml'] }).values.host).toBe('10.0.0.1');
    expect(load({ env: { BITTEN_CONFIG: join(root, 'other.yaml') } }).values.host).toBe('10.0.0.1');
    expect(problems({ argv: ['--config', 'none.yaml'] })[0]).toContain('ENOENT');
  });
});

describe('values', () => {
  it.each([
    ['--segment-bytes', '64MiB', 'segmentBytes', 67_108_864],
    ['--segment-bytes', '10GB', 'segmentBytes', 10_000_000_000],
    ['--segment-bytes', '1.5KiB', 'segmentBytes', 1536],
    ['--segment-bytes', '4096', 'segmentBytes', 4096],
    ['--retention-age', '7d', 'retentionAge', 604_800],
    ['--retention-age', '5ms', 'retentionAge', 0.005],
    ['--retention-age', '30', 'retentionAge', 30],
    ['--retention-age', 'none', 'retentionAge', null],
    ['--keys', 'a, b', 'keys', ['a', 'b']],
    ['--pub-port', '0', 'pubPort', 0],
  ])('reads %s %s', (flag, text, name, value) => {
    expect(load({ argv: [flag, text] }).values).toMatchObject({ [name]: value });
  });

  it('reads switches in all their forms', () => {
    expect(load({ argv: ['--no-feed'] }).values.feed).toBe(false);
    expect(load({ argv: ['--feed=false'] }).values.feed).toBe(false);
    expect(load({ env: { BITTEN_FEED: '0' }, argv: ['--feed'] }).values.feed).toBe(true);
  });

  it('lists everything that is wrong at once: where, what, what instead, what to do', () => {
    writeYaml('logLevel: loud\nbus:\n  segmentBytes: 3M\n');
    const found = problems({
      argv: ['--pub-port', '70000', '--retention-age=-1'],
      env: { BITTEN_BUS_PORT: '5572.5' },
    });
    const file = join(root, 'bitten.yaml');
    expect(found).toEqual([
      '--pub-port | "70000" | a whole number from 0 to 65535 | correct --pub-port',
      'BITTEN_BUS_PORT | "5572.5" | a whole number from 0 to 65535 | correct or unset BITTEN_BUS_PORT',
      `${file}: logLevel | "loud" | one of fatal, error, warn, info, debug, trace, silent | correct the file`,
      `${file}: bus.segmentBytes | "3M" | a whole number of bytes such as 64MiB, at least 1KiB | correct the file`,
      '--retention-age | "-1" | a number of seconds such as 30s or 7d, at least 0, or none | correct --retention-age',
    ]);
  });
});

describe('unknown names', () => {
  it('are refused on the command line, with the nearest known one', () => {
    expect(problems({ argv: ['--data-dri', 'x'] })).toEqual([
      'command line | --data-dri | a known flag | did you mean --data-dir? --help lists the flags',
    ]);
    expect(problems({ argv: ['--quux'] })[0]).toContain('| --help lists the flags');
    expect(problems({ argv: ['extra'] })[0]).toContain('extra');
  });

  it('are told from values that are missing', () => {
    expect(problems({ argv: ['--host', '--pub-port', '1'] })).toEqual([
      '--host | no value | a text that is not empty | write --host VALUE',
    ]);
    expect(problems({ argv: ['--host'] })).toHaveLength(1);
  });

  it('are refused in the file, at its top and in the section', () => {
    writeYaml('datadir: x\nbsu: {}\nsegmentBytes: 4096\nbus:\n  segmentByte: 4096\n');
    const file = join(root, 'bitten.yaml');
    expect(problems({})).toEqual([
      `${file}: datadir | datadir | a known setting | did you mean dataDir?`,
      `${file}: bsu | bsu | a known setting | did you mean bus?`,
      `${file}: segmentBytes | segmentBytes | a known setting | move it under bus:`,
      `${file}: bus.segmentByte | segmentByte | a known setting | did you mean segmentBytes?`,
    ]);
  });

  it('are left alone in the sections of other apps, and shared settings an app does not use as well', () => {
    writeYaml('httpPort: 8080\ncollector:\n  batchRows: 5\n');
    const { dataDir, logLevel } = sharedSettings;
    const few = defineSettings({ dataDir, logLevel });
    expect(() => loadSettings(few, { app: 'bus', argv: [], env: {}, cwd: root })).not.toThrow();
  });

  it.each(['- a list', 'host: [unclosed', 'bus: 5'])(
    'are not looked for in a file that is no mapping: %s',
    (text) => {
      writeYaml(text);
      expect(problems({})).toHaveLength(1);
    },
  );
});

describe('defineSettings', () => {
  it('refuses a flag or a variable that is declared twice or reserved', () => {
    const { host } = sharedSettings;
    expect(() => defineSettings({ host, other: { ...host, env: 'BITTEN_OTHER' } })).toThrow('--host');
    expect(() => defineSettings({ host, other: { ...host, flag: '--other' } })).toThrow('BITTEN_HOST');
    expect(() => defineSettings({ other: { ...host, flag: '--config' } })).toThrow('--config');
  });
});

describe('helpText', () => {
  const help = helpText(definition, {
    app: 'bus',
    command: 'bitten-bus',
    summary: 'The bus.',
    cwd: '/srv',
    env: {},
  });

  it('names every setting with its flag, variable, default and meaning, in aligned columns', () => {
    const rows = help.split('\n').filter((line) => line.includes('BITTEN_'));
    expect(rows).toHaveLength(Object.keys(definition).length + 1);
    expect(new Set(rows.map((row) => row.indexOf('BITTEN_'))).size).toBe(1);
    expect(help).toMatch(/--segment-bytes SIZE +BITTEN_SEGMENT_BYTES +64MiB +size of a segment/);
    expect(help).toMatch(/--retention-age DURATION +BITTEN_RETENTION_AGE +none /);
    expect(help).toMatch(/--log-format auto\|pretty\|json +BITTEN_LOG_FORMAT +auto /);
    expect(help).toMatch(/--feed +BITTEN_FEED +true /);
  });

  it('is asked for whatever else is wrong', () => {
    const asked = (argv: string[]) =>
      loadSettings(definition, { app: 'bus', argv, env: {}, cwd: root }).request;
    expect(asked(['--pub-port', 'x', '--help'])).toBe('help');
    expect(asked(['-h'])).toBe('help');
    expect(asked(['--', '--version'])).toBe('version');
  });
});

describe('describeSettings', () => {
  it('lists name, value and source, as config show prints them', () => {
    const described = describeSettings(load({ argv: ['--segment-bytes', '1MiB'] }));
    expect(described.map(({ name }) => name)).toEqual(Object.keys(definition));
    expect(described.find(({ name }) => name === 'segmentBytes')).toMatchObject({
      text: '1MiB',
      value: 1_048_576,
      source: 'flag',
      where: '--segment-bytes',
    });
  });
});
