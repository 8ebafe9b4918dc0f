import { freePorts, isFree, type Program } from '@bitten/proof';
import { describe, expect, test } from 'vitest';
import { programs } from '../support/places.js';
import { System } from '../support/system.js';

/** The settings of each program: DESIGN.md's names and the program's own. */
const settings = {
  bus: [
    'BITTEN_DATA_DIR',
    'BITTEN_HOST',
    'BITTEN_PUB_PORT',
    'BITTEN_PULL_PORT',
    'BITTEN_BUS_PORT',
    'BITTEN_LOG_LEVEL',
    'BITTEN_LOG_FORMAT',
    'BITTEN_BUS_HTTP_PORT',
    'BITTEN_SEGMENT_BYTES',
    'BITTEN_RETENTION_BYTES',
    'BITTEN_RETENTION_AGE',
    'BITTEN_HEARTBEAT',
    'BITTEN_CURVE',
    'BITTEN_KEYS_DIR',
    'BITTEN_CONNECTIONS_MAX',
    'BITTEN_CLIENT_EVENT_RATE',
    'BITTEN_CLIENT_BYTE_RATE',
    'BITTEN_INGRESS_EVENT_RATE',
    'BITTEN_CONFIG',
  ],
  collector: [
    'BITTEN_DATA_DIR',
    'BITTEN_HOST',
    'BITTEN_BUS_PORT',
    'BITTEN_LOG_LEVEL',
    'BITTEN_LOG_FORMAT',
    'BITTEN_COLLECTOR_HTTP_PORT',
    'BITTEN_DATABASE',
    'BITTEN_KEY_FILE',
    'BITTEN_COLLECTOR_LINGER',
    'BITTEN_CONFIG',
  ],
} as const;

const apps = ['bus', 'collector'] as const;

/** What the one fatal line of a program's log says of the error. */
async function fatal(program: Program): Promise<Record<string, string>> {
  const line = await program.logged('why it ends', ({ level }) => level === 'fatal');
  return line.err as Record<string, string>;
}

describe('settings', () => {
  test.each(apps)('%s --help prints every setting and ends with 0', async (app) => {
    const system = await System.prepare();
    const program = system.run(app, programs[app], { args: ['--help'] });
    expect(await program.ended()).toEqual({ code: 0, signal: null });
    const help = program.lines.join('\n');
    for (const name of settings[app]) expect(help).toContain(name);
    expect(program.log, 'nothing on standard error').toEqual([]);
  });

  test.each(apps)('%s ends with 2 on a wrong setting, and says all that is wrong', async (app) => {
    const system = await System.prepare();
    const program = system.run(app, programs[app], {
      args: ['--no-such-flag'],
      env: { BITTEN_BUS_PORT: 'many', BITTEN_LOG_LEVEL: 'loud' },
    });
    expect(await program.ended()).toEqual({ code: 2, signal: null });
    const said = program.log.join('\n');
    for (const text of ['--no-such-flag', 'BITTEN_BUS_PORT', 'many', 'BITTEN_LOG_LEVEL', 'loud']) {
      expect(said).toContain(text);
    }
    expect(said).not.toMatch(/^\s+at /m);
  });

  test.each(apps)('a second %s on the same data folder says who holds it, and ends with 1', async (app) => {
    const system = await System.start();
    const [pub, pull, bus] = Object.values(await freePorts()).map(String);
    const env = { BITTEN_PUB_PORT: pub!, BITTEN_PULL_PORT: pull!, BITTEN_BUS_PORT: bus! };
    const second = system.run(`second ${app}`, programs[app], { env });
    const error = await fatal(second);
    expect(JSON.stringify(error)).toContain(`process ${system[app].pid} `);
    expect(JSON.stringify(error)).toContain(`${app}.lock`);
    expect(await second.ended()).toEqual({ code: 1, signal: null });
    expect(system[app].ending, 'the first goes on').toBeUndefined();
  });

  test.each(apps)('%s takes over the data folder of one that was killed', async (app) => {
    const system = await System.start();
    await system[app].kill();
    await (app === 'bus' ? system.startBus() : system.startCollector());
    await system.settled();
  });

  test.each([
    ['pub', 'BITTEN_PUB_PORT'],
    ['pull', 'BITTEN_PULL_PORT'],
    ['bus', 'BITTEN_BUS_PORT'],
  ] as const)('a taken port (%s) is named with the setting that changes it', async (which, setting) => {
    const first = await System.prepare();
    await first.startBus();
    const second = await System.prepare();
    const taken = first.ports[which];
    const bus = second.run('second bus', programs.bus, { env: { [setting]: String(taken) } });
    const error = await fatal(bus);
    expect(JSON.stringify(error)).toContain(String(taken));
    expect(JSON.stringify(error)).toContain(setting);
    expect(await bus.ended()).toEqual({ code: 1, signal: null });
    expect(
      bus.log.filter((line) => line.includes('"fatal"')),
      'said in one line',
    ).toHaveLength(1);
    for (const port of Object.values(second.ports))
      expect(await isFree(port), `port ${port} is free`).toBe(true);
  });

  test('an app that ends in good order gives back its ports and its lock', async () => {
    const system = await System.start();
    expect(await system.collector.stop('SIGINT')).toEqual({ code: 0, signal: null });
    expect(await system.bus.stop('SIGINT')).toEqual({ code: 0, signal: null });
    for (const port of Object.values(system.ports))
      expect(await isFree(port), `port ${port} is free`).toBe(true);
    await system.startBus();
    await system.startCollector();
  });
});
