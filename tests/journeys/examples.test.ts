import { join } from 'node:path';
import { deadLetterRows, eventRows, root, until } from '@bitten/proof';
import { describe, expect, test } from 'vitest';
import { programs } from '../support/places.js';
import { blocksOf, canInstall, Siblings } from '../support/siblings.js';
import { System } from '../support/system.js';
import { findPythonWithZmq, saySkipped } from '../support/tools.js';

const python = findPythonWithZmq();
if (python === undefined) saySkipped('the Python example', 'no python3 with zmq (Debian: python3-zmq)');
/** Where npm has nowhere to get the compiler from, it is that of this checkout. */
const before = canInstall()
  ? 'set -e'
  : `set -e
npm() {
  if [ "$1" = install ]; then command npm pkg delete devDependencies; fi
  command npm "$@"
  if [ "$1" = install ]; then
    mkdir -p node_modules/@types node_modules/.bin
    ln -s ${root}/node_modules/typescript node_modules/typescript
    ln -s ${root}/node_modules/@types/node node_modules/@types/node
    ln -s ../typescript/bin/tsc node_modules/.bin/tsc
  fi
}`;

/** The commands of a README, one after the other as in one shell; what the commands of its last block said. */
function follow(readme: string, siblings: Siblings, start: string): string[] {
  return blocksOf(readme, 'sh').map((block) => siblings.must(`${before}\n${block}`, start));
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

describe('the examples, as their READMEs tell to run them, say what the READMEs say', () => {
  test.each(['sibling-typescript', 'custom-event-type'])('%s', async (name) => {
    const system = await System.prepare();
    await system.startBus();
    const readme = join(root, 'examples', name, 'README.md');
    const siblings = new Siblings(system.env);

    const said = follow(readme, siblings, siblings.folder);
    // npm says what it runs; and a subscriber is not slower than a receipt, nor faster.
    const own = lines(said[0]!).filter((line) => /^(receipt|refused|seen|published) /.test(line));
    expect(own.toSorted()).toEqual(lines(blocksOf(readme, 'text')[0]!).toSorted());
  });

  test.skipIf(python === undefined)('python-component', async () => {
    const system = await System.prepare();
    await system.startBus();
    const folder = join(root, 'examples/python-component');
    const siblings = new Siblings({ ...system.env, PYTHONDONTWRITEBYTECODE: '1' });
    siblings.putOnPath('python3', siblings.must(`command -v ${python}`, folder).trim());

    const said = follow(join(folder, 'README.md'), siblings, folder);
    expect(said).toEqual(blocksOf(join(folder, 'README.md'), 'text'));
  });
});

describe.skipIf(python === undefined)('bitten_bus.py', () => {
  test('each event acknowledged is stored once, in order, though the bus is killed and stopped meanwhile', async () => {
    const system = await System.start();
    const count = 3_000;
    const publisher = system.run('publisher', join(root, 'tests/support/programs/receipts_publisher.py'), {
      command: python!,
      args: [String(count)],
      env: { PYTHONPATH: join(root, 'examples/python-component'), PYTHONDONTWRITEBYTECODE: '1' },
    });
    for (const part of [0.1, 0.25, 0.4, 0.55]) {
      await until('receipts', () => publisher.lines.length > count * part, { found: publisher.tail });
      await system.bus.kill();
      await system.startBus();
    }
    // A stopped bus has the request, and answers it when the publisher has long sent it again.
    await until('receipts', () => publisher.lines.length > count * 0.7, { found: publisher.tail });
    const waits = publisher.log.length;
    system.bus.signal('SIGSTOP');
    await until('the publisher to wait', () => publisher.log.length > waits, { found: publisher.tail });
    system.bus.signal('SIGCONT');
    expect(await publisher.ended(), publisher.tail()).toEqual({ code: 0, signal: null });
    await system.settled();

    const numbers = Array.from({ length: count }, (_, n) => n);
    const refused = numbers.filter((n) => n % 40 === 0);
    const accepted = numbers.filter((n) => n % 40 !== 0);
    const stored = eventRows(system.database, "event_type = 'user_action'");
    expect(stored.map(({ user_id, data_json }) => user_id ?? userOf(data_json))).toEqual(
      accepted.map(String),
    );
    const dead = deadLetterRows(system.database);
    expect(dead.map(({ payload }) => userOf(JSON.stringify(JSON.parse(payload).data)))).toEqual(
      refused.map(String),
    );
    // A receipt says where the event is; null only where the bus was killed between storing and saying so.
    const places = new Map(stored.map(({ id, data_json }) => [userOf(data_json), String(id)]));
    const wrong = publisher.lines.filter((line) => {
      const [n, told] = line.split(' ');
      return told !== (places.get(n!) ?? 'refused') && !(told === 'None' && places.has(n!));
    });
    expect(wrong).toEqual([]);
    expect(publisher.lines.map((line) => Number(line.split(' ')[0]))).toEqual(numbers);
  });

  test('a program that numbers its events goes on where its last run got to', async () => {
    const system = await System.prepare();
    await system.startBus();
    const upTo = (end: number) =>
      runPython(system, [
        'events = [{"event_type": "user_action", "data": {"user_id": str(n), "action": "x"}} for n in range(10)]',
        'with Publisher("import", producer="import:march") as bus:',
        `    print(bus.handled, len(bus.publish_many(events[bus.handled:${end}])))`,
      ]);
    expect(await upTo(6)).toBe('0 6');
    expect(await upTo(10)).toBe('6 4');
    expect(await upTo(10)).toBe('10 0');
  });

  test('a bus that wants keys lets it in with one, and not without', async () => {
    const system = await System.prepare();
    for (const args of [
      ['keys', 'init'],
      ['keys', 'client', 'py'],
    ]) {
      expect((await system.run('keys', programs.cli, { args }).ended()).code).toBe(0);
    }
    await system.startBus({ BITTEN_CURVE: 'true' });
    const publish = [
      'try:',
      '    with Publisher("x", timeout=float(os.environ["PATIENCE"])) as bus:',
      '        print(bus.publish("user_action", {"user_id": "7", "action": "x"}).level)',
      'except NotAcknowledged as error:',
      '    print(error.code, error)',
    ];
    const key = join(system.dataDir, 'keys/clients/py.key');
    expect(await runPython(system, publish, { PATIENCE: '60', BITTEN_KEY_FILE: key })).toBe('fsynced');
    const why = await runPython(system, publish, { PATIENCE: '5' });
    expect(why).toMatch(/^not_acknowledged .*wants a key: key_file=/);
  });
});

/** A few lines of Python with the module at hand; the last line they print. */
async function runPython(
  system: System,
  lines: string[],
  env: Record<string, string> = {},
): Promise<string | undefined> {
  const program = system.run('python', '-c', {
    command: python!,
    args: [['from bitten_bus import *', ...lines].join('\n')],
    env: { PYTHONPATH: join(root, 'examples/python-component'), PYTHONDONTWRITEBYTECODE: '1', ...env },
  });
  expect(await program.ended(), program.tail()).toEqual({ code: 0, signal: null });
  return program.lines.at(-1);
}

function userOf(data: string): string {
  return (JSON.parse(data) as { user_id: string }).user_id;
}
