import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type InspectOptions, inspectSettings } from '../src/settings/inspect.js';
import { loadSettings } from '../src/settings/load.js';
import { SettingsError } from '../src/settings/problems.js';
import { isSecret } from '../src/settings/secret.js';
import { sharedSettings } from '../src/settings/shared.js';

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'bitten-inspect-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

function inspect(options: Partial<InspectOptions> = {}) {
  return inspectSettings(sharedSettings, { app: 'bus', argv: [], env: {}, cwd: folder(), ...options });
}

it('shows what loadSettings loads, where everything is right', () => {
  const options = {
    app: 'bus',
    argv: ['--pub-port', '1'],
    env: { BITTEN_HOST: '::1' },
    cwd: folder(),
  } as const;
  const loaded = loadSettings(sharedSettings, options);
  const { settings, values } = inspectSettings(sharedSettings, options);
  if (loaded.request !== 'run') throw new Error('not run');
  expect(values).toEqual(loaded.values);
  expect(Object.fromEntries(settings.map(({ name, source, where }) => [name, { source, where }]))).toEqual(
    loaded.origins,
  );
});

it('shows a wrong one in its place, and counts on its default', () => {
  const { settings, values } = inspect({ env: { BITTEN_PUB_PORT: 'x', BITTEN_PULL_PORT: '7' } });
  const wrong = settings.filter(({ problem }) => problem !== null);
  expect(wrong).toMatchObject([{ name: 'pubPort', text: '"x"', value: null, where: 'BITTEN_PUB_PORT' }]);
  expect(values).toMatchObject({ pubPort: 5570, pullPort: 7 });
});

it('knows the line of the file, that of the own section before the shared one', () => {
  const file = join(folder(), 'x.yaml');
  writeFileSync(file, '# comment\nhost: a\npubPort: 1\n\nbus:\n  host: b\n');
  const { settings } = inspect({ argv: ['--config', file] });
  const lineOf = (name: string) => settings.find((setting) => setting.name === name)?.line;
  expect([lineOf('host'), lineOf('pubPort'), lineOf('busPort')]).toEqual([6, 3, null]);
});

it('says which files were looked for, and who named the one that is read', () => {
  const cwd = folder();
  expect(inspect({ cwd }).file).toEqual({ path: null, namedBy: null, lookedFor: [join(cwd, 'bitten.yaml')] });
  writeFileSync(join(cwd, 'bitten.yaml'), 'host: a\n');
  expect(inspect({ cwd }).file.path).toBe(join(cwd, 'bitten.yaml'));
  const env = { BITTEN_CONFIG: 'bitten.yaml' };
  expect(inspect({ cwd, env }).file).toMatchObject({ namedBy: 'BITTEN_CONFIG' });
});

it('is not kept from the settings by a file that is no YAML', () => {
  const file = join(folder(), 'x.yaml');
  writeFileSync(file, 'host: [a\n');
  const { settings, problems } = inspect({ argv: ['--config', file] });
  expect(problems).toMatchObject([{ where: file, expected: 'a readable YAML file' }]);
  expect(settings.every(({ problem }) => problem === null)).toBe(true);
});

it("puts the app's own rule to the setting it speaks of, with the place it came from", () => {
  const check = () => {
    const [where, source] = ['BITTEN_HOST (--host)', 'environment'] as const;
    throw new SettingsError([{ setting: 'host', source, where, found: 'a', expected: 'b', remedy: 'c' }]);
  };
  const { settings } = inspect({ argv: ['--host', 'a'], check });
  expect(settings.find(({ name }) => name === 'host')?.problem).toMatchObject({
    where: '--host',
    source: 'flag',
  });
});

it.each([
  ['rq6Gd!%q0Vx&?a[<w@^4yF8>Zk{b1*T$c}mN(J+R', true],
  ['0123456789abcdef0123456789abcdef', true],
  ['tcp://me:pass@host', true],
  ['password=x', true],
  ['/var/lib/bitten/keys/Elite-guard-client01', false],
  ['keys/clients/webapp.key', false],
  ['127.0.0.1', false],
  ['a-rather-long-folder-name-without-any-number', false],
])('takes %s for a secret: %s', (text, expected) => {
  expect(isSecret(text)).toBe(expected);
});

it('uses a value that looks like a secret, and does not show it', () => {
  const secret = '0123456789abcdef0123456789abcdef';
  const { settings, values } = inspect({ env: { BITTEN_HOST: secret, BITTEN_PUB_PORT: secret } });
  expect(JSON.stringify(settings)).not.toContain(secret);
  expect(values.host).toBe(secret);
});

it('cuts what it shows between characters, never within one', () => {
  const name = `${'x'.repeat(3)}${'𐀀'.repeat(60)}`;
  expect(() => loadSettings(sharedSettings, { app: 'bus', argv: [name], env: {}, cwd: '/' })).toThrow(
    expect.objectContaining({
      message: expect.not.stringMatching(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/) as string,
    }),
  );
});
