import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readChanges, withoutComments } from '../src/dead-letters/changes.js';
import { readPlaces } from '../src/dead-letters/select.js';
import { makeFile } from './support/files.js';
import { isBuilt, linesOf, Place } from './support/processes.js';

test('a value is what it reads as in JSON, and else a text; the whole payload comes first', () => {
  const payload = makeFile('payload.json', '# what was wrong\n#\n{"a": 1}\n');
  const set = ['data.n=85', 'data.s=BUY', 'data.t="7"', 'data.big=1e400', 'data.e=', 'data.q=a=b'];
  expect(readChanges({ set, unset: ['data.x'], payload })).toEqual([
    { kind: 'replace', payload: '{"a": 1}' },
    { kind: 'unset', path: ['data', 'x'] },
    { kind: 'set', path: ['data', 'n'], json: '85' },
    { kind: 'set', path: ['data', 's'], json: '"BUY"' },
    { kind: 'set', path: ['data', 't'], json: '"7"' },
    { kind: 'set', path: ['data', 'big'], json: '1e400' },
    { kind: 'set', path: ['data', 'e'], json: '""' },
    { kind: 'set', path: ['data', 'q'], json: '"a=b"' },
  ]);
  expect(readChanges({})).toEqual([]);
  expect(() => readChanges({ set: ['BUY'] })).toThrow(/PATH=VALUE/);
  expect(() => readChanges({ payload: '/nowhere/at/all' })).toThrow(/cannot be read/);
});

test('only what stands above a payload is a comment', () => {
  expect(withoutComments('# one\n\n  # two\n{"a":"#"}\n# three\n')).toBe('{"a":"#"}\n# three');
  expect(withoutComments('# nothing else')).toBe('');
  expect(withoutComments('{"a":1}')).toBe('{"a":1}');
});

test('dead letters are named one by one, or by a selection that says that it means all', () => {
  expect(readPlaces(['3', '1', '3'], {})).toEqual([3, 1]);
  expect(readPlaces([], { all: true, type: ['a'] })).toBeNull();
  for (const ids of [['0'], ['1.5'], ['x'], ['-1']]) expect(() => readPlaces(ids, {})).toThrow(/number/);
  expect(() => readPlaces([], {})).toThrow(/which/);
  expect(() => readPlaces([], { type: ['a'] })).toThrow(/many/);
  expect(() => readPlaces(['1'], { all: true })).toThrow(/both/);
});

/** A bus with one dead letter and no store; and an editor that does each of these in turn. */
async function placeWithEditor(
  ...edits: string[]
): Promise<{ place: Place; env: Record<string, string>; seen: string }> {
  const place = await Place.make();
  await place.startBus();
  await place.run(['publish', 'user_action', '{"action":"login"}']);
  const seen = join(place.dataDir, 'seen');
  const script = `
    import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
    const file = process.argv[2];
    const text = readFileSync(file, 'utf8');
    const times = existsSync(${JSON.stringify(seen)}) ? readFileSync(${JSON.stringify(seen)}, 'utf8').split('=====').length - 1 : 0;
    appendFileSync(${JSON.stringify(seen)}, text + '=====');
    const edits = [${edits.map((edit) => `(text) => ${edit}`).join(',')}];
    writeFileSync(file, edits[times](text));`;
  const editor = join(place.dataDir, 'editor.mjs');
  writeFileSync(editor, script);
  return { place, env: { EDITOR: `${process.execPath} ${editor}`, TMPDIR: place.dataDir }, seen };
}

describe.skipIf(!isBuilt)('in an editor', { timeout: 60_000 }, () => {
  test('what is still invalid is said above it, and asked again', async () => {
    const { place, env, seen } = await placeWithEditor(
      `text.replace('"action"', '"user_id": 7, "action"')`,
      `text.replace('"user_id": 7', '"user_id": "7"')`,
    );
    const { code, stdout, stderr } = await place.run(['dead-letters', 'edit', '1'], { env, input: '\n' });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('1  corrected, event') });
    expect(stderr).toContain('still invalid; edit it again?');
    const [first = '', second = ''] = readFileSync(seen, 'utf8').split('=====');
    expect(first).toMatch(/^# Dead letter 1: .*\n# {3}data\.user_id is missing/);
    expect(second).toMatch(
      /^# Dead letter 1: still invalid\.\n# {3}data\.user_id: expected string .* found 7\n/,
    );
    expect(second).not.toContain('is missing');
    const [event] = await place.events('user_action');
    expect(event?.data).toEqual({ action: 'login', user_id: '7' });
  });

  test('what is left unchanged is not published, and what is given up is kept', async () => {
    const unchanged = await placeWithEditor('text');
    const left = await unchanged.place.run(['dead-letters', 'edit', '1'], { env: unchanged.env });
    expect(left).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('unchanged') });
    expect(await unchanged.place.events('user_action')).toEqual([]);

    const { place, env } = await placeWithEditor(
      `text.replace('login', 'logon')`,
      `text.replace('logon', 'logout')`,
    );
    // One answer is given to the first question; to the second there is nobody left.
    const { code, stderr } = await place.run(['dead-letters', 'edit', '1'], { env, input: 'y\n' });
    expect(code).toBe(1);
    const [, kept = ''] = /--payload (\S+)/.exec(stderr) ?? [];
    expect(existsSync(kept)).toBe(true);
    const again = ['dead-letters', 'edit', '1', '--payload', kept, '--set', 'data.user_id="7"', '--json'];
    const [outcome = ''] = linesOf((await place.run(again)).stdout);
    expect(JSON.parse(outcome)).toMatchObject({ dead_letter: 1, action: 'corrected', refused: null });
    expect((await place.events('user_action'))[0]?.data).toEqual({ action: 'logout', user_id: '7' });
  });

  test('an order is published only by who says yes', async () => {
    const order = `text.replace('user_action', 'fire_command').replace('"action": "login"', '"fire_id":"F1",'
      + '"signal_id":"S1","user_id":"7","symbol":"EURUSD","direction":"BUY","lot_size":0.1,"execution_mode":"AUTO"')`;
    const { place, env } = await placeWithEditor(order, order);
    const no = await place.run(['dead-letters', 'edit', '1'], { env, input: '\n' });
    expect(no).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('trades: publish it? [y/N]'),
    });
    expect(await place.events('fire_command')).toEqual([]);
    expect(await place.run(['dead-letters', 'edit', '1'], { env, input: 'y\n' })).toMatchObject({ code: 0 });
    expect(await place.events('fire_command')).toHaveLength(1);
  });
});

describe.skipIf(!isBuilt)('without a store', { timeout: 60_000 }, () => {
  test('they are looked up in the log by their numbers; the list says where it would come from', async () => {
    const { place } = await placeWithEditor('text');
    const shown = await place.run(['dead-letters', 'show', '1']);
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toContain('dead letter 1, not in the store yet');
    expect(shown.stdout).toContain('    "action": "login"');
    const list = await place.run(['dead-letters', 'list']);
    expect(list).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('collector') });
    const missing = await place.run(['dead-letters', 'retry', '2']);
    expect(missing).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('2  not there') });
  });

  test('called wrongly it says how', async () => {
    const { place } = await placeWithEditor('text');
    const blind = await place.run(['dead-letters', 'edit', '1']);
    expect(blind).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no editor here') });
    for (const args of [
      ['discard', '1'],
      ['retry'],
      ['retry', '1', '--all'],
      ['list', '--status', 'shut'],
      ['show', 'x'],
    ]) {
      const { code, stdout } = await place.run(['dead-letters', ...args]);
      expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
    }
  });
});

describe.skipIf(!isBuilt)('schema check', { timeout: 60_000 }, () => {
  const lines = [
    '{"event_type":"user_action","timestamp":1,"source":"s","data":{"user_id":"7","action":"a"}}',
    '{"event_type":"user_action","timestamp":1,"source":"s","data":{"action":"a"}}',
    '{"event_type":"typo_action","timestamp":1,"source":"s","data":{}}',
  ];

  test('names line and field of what the bus would refuse, and counts to standard error', async () => {
    const place = await Place.make();
    const { code, stdout, stderr } = await place.run(['schema', 'check', '-'], { input: lines.join('\n') });
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: 'line 2: data.user_id is missing (expected string of at most 50 characters)\n',
    });
    expect(linesOf(stderr)).toEqual([
      '3 checked: 2 valid, 1 invalid',
      'checked by the envelope alone, no rules are known of: typo_action (1)',
    ]);
    const file = makeFile('events.json', `[${lines.join(',\n')}]`);
    const json = await place.run(['schema', 'check', file, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ line: 2, item: 2, issues: [{ path: 'data.user_id' }] });
    expect(await place.run(['schema', 'check', '-'], { input: lines[0]! })).toMatchObject({
      code: 0,
      stdout: '',
    });
    expect(await place.run(['schema', 'check', '-'])).toMatchObject({ code: 2 });
  });
});
