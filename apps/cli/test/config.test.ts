import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { makeFolder } from './support/files.js';
import { isBuilt as isSystemBuilt, Place } from './support/processes.js';

const dev = fileURLToPath(new URL('../../dev/dist/settings.js', import.meta.url));
const isBuilt = isSystemBuilt && existsSync(dev);

interface Shown {
  name: string;
  text: string;
  value: unknown;
  source: string;
  where: string;
  line: number | null;
  problem: { expected: string } | null;
}

interface Config {
  ok: boolean;
  apps: Array<{ app: string; settings: Shown[]; problems: Array<{ where: string }> }>;
}

async function show(
  args: string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; config: Config; text: string }> {
  const place = await Place.make();
  const { code, stdout } = await place.run(['config', 'show', '--json', ...args], { env });
  return { code, config: JSON.parse(stdout) as Config, text: stdout };
}

function settingOf({ apps }: Config, app: string, name: string): Shown | undefined {
  return apps.find((each) => each.app === app)?.settings.find((setting) => setting.name === name);
}

function fileWith(content: string): string {
  const file = join(makeFolder(), 'bitten.yaml');
  writeFileSync(file, content);
  return file;
}

describe.skipIf(!isBuilt)('bitten config show', () => {
  it('says of every setting of every app where its value comes from', async () => {
    const file = fileWith('host: 127.0.0.2\n\nbus:\n  heartbeat: 7s\n');
    const { code, config } = await show(['--config', file, '--bus-port', '7000'], {
      BITTEN_PULL_PORT: '7001',
    });
    expect(code).toBe(0);
    expect(config.apps.map(({ app }) => app)).toEqual([
      'bus',
      'collector',
      'alerts',
      'dashboard',
      'dev',
      'cli',
    ]);
    expect(settingOf(config, 'bus', 'busPort')).toMatchObject({
      value: 7000,
      source: 'flag',
      where: '--bus-port',
    });
    expect(settingOf(config, 'bus', 'pullPort')).toMatchObject({
      value: 7001,
      source: 'environment',
      where: 'BITTEN_PULL_PORT',
    });
    expect(settingOf(config, 'collector', 'host')).toMatchObject({
      value: '127.0.0.2',
      source: 'file',
      line: 1,
    });
    expect(settingOf(config, 'bus', 'heartbeat')).toMatchObject({
      text: '7s',
      line: 4,
      where: `${file}: bus.heartbeat`,
    });
    expect(settingOf(config, 'cli', 'timeout')).toMatchObject({
      text: '5s',
      source: 'default',
      where: 'default',
    });
  });

  it('shows what is wrong in its place, and all the rest', async () => {
    const file = fileWith('bus:\n  segmentBytes: 12\n  frog: 1\n');
    const { code, config } = await show(['--config', file], { BITTEN_PUB_PORT: 'abc' });
    expect({ code, ok: config.ok }).toEqual({ code: 1, ok: false });
    expect(settingOf(config, 'bus', 'segmentBytes')).toMatchObject({ text: '12', value: null, line: 2 });
    expect(settingOf(config, 'bus', 'pubPort')?.problem?.expected).toContain('from 0 to 65535');
    expect(settingOf(config, 'bus', 'pullPort')?.problem).toBeNull();
    expect(config.apps[0]?.problems).toEqual([expect.objectContaining({ where: `${file}: bus.frog` })]);
  });

  it('knows what the bus says of its settings together', async () => {
    const { code, config } = await show(['bus'], { BITTEN_HOST: '0.0.0.0' });
    expect(code).toBe(1);
    expect(settingOf(config, 'bus', 'host')).toMatchObject({
      where: 'BITTEN_HOST',
      problem: { expected: expect.stringContaining('127.0.0.1') as string },
    });
  });

  it.each([
    'rq6Gd!%q0Vx&?a[<w@^4yF8>Zk{b1*T$c}mN(J+R',
    'sk_live_51Habcdefghijklmnop0123456789',
    'tcp://me:hunter2@host',
  ])('never prints what looks like a secret: %s', async (secret) => {
    const { text } = await show([], { BITTEN_KEY_FILE: secret, BITTEN_LOG_LEVEL: secret });
    expect(text).toContain('not shown');
    expect(text.includes(JSON.stringify(secret).slice(1, -1)), 'the secret itself').toBe(false);
    expect(text).not.toContain('hunter2');
  });

  it('shows paths whatever they look like', async () => {
    const { config } = await show(['cli'], {
      BITTEN_KEY_FILE: '/var/lib/bitten/keys/clients/elite-guard-2.key',
    });
    expect(settingOf(config, 'cli', 'keyFile')?.value).toBe('/var/lib/bitten/keys/clients/elite-guard-2.key');
  });

  it('knows one app, and refuses another', async () => {
    expect((await show(['collector'])).config.apps.map(({ app }) => app)).toEqual(['collector']);
    const place = await Place.make();
    expect((await place.run(['config', 'show', 'frog'])).code).toBe(2);
  });
});

describe.skipIf(!isBuilt)('bitten config path', () => {
  it('prints the file, or what was looked for', async () => {
    const place = await Place.make();
    const file = fileWith('host: 127.0.0.1\n');
    expect(await place.run(['config', 'path', '--config', file])).toMatchObject({
      code: 0,
      stdout: `${file}\n`,
    });
    const folder = makeFolder();
    const child = await place.run(['config', 'path'], {
      env: { INIT_CWD: folder, PNPM_SCRIPT_SRC_DIR: process.cwd() },
    });
    expect(child.code).toBe(1);
    expect(child.stderr).toContain(join(folder, 'bitten.yaml'));
    expect(child.stderr).toContain(fileURLToPath(new URL('../../../bitten.yaml', import.meta.url)));
  });
});
