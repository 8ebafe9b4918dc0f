import { describe, expect, test } from 'vitest';
import { LetterDesk } from '../src/dead-letters/letter-desk.js';
import { isBuilt, System, until } from './support/system.js';

const moment = 1_767_625_200;

function action(data: object, more: object = {}): string {
  return JSON.stringify({ event_type: 'user_action', timestamp: moment, source: 'webapp', ...more, data });
}

const wrong = action({ action: 'login' });
const right = action({ action: 'login', user_id: '7' });

function deskOf(system: System, by = 'ann'): LetterDesk {
  return new LetterDesk({ queries: system.queries, bus: system.access(), by });
}

describe.skipIf(!isBuilt)('the desk of dead letters, over a real bus and collector', () => {
  test('lists them newest first, a page at a time, by status and type', async () => {
    const system = await System.start();
    const desk = deskOf(system);
    const places = [await system.refuse(wrong), await system.refuse(wrong), await system.refuse('nonsense')];
    await desk.discard(places[1]!, 'a test');
    await until(async () => (await desk.list({ limit: 10 })).counts.discarded === 1);
    const page = await desk.list({ limit: 2 });
    expect(page.letters.map(({ id, status }) => [id, status])).toEqual([
      [places[2], 'open'],
      [places[1], 'discarded'],
    ]);
    expect(page).toMatchObject({ next: String(places[1]), counts: { open: 2, discarded: 1 } });
    const rest = await desk.list({ limit: 2, before: places[1]! });
    expect(rest).toMatchObject({ letters: [{ id: places[0], event_type: 'user_action' }], next: null });
    const open = await desk.list({ statuses: ['open'], types: ['user_action'], limit: 10 });
    expect(open.letters.map(({ id }) => id)).toEqual([places[0]]);
  });

  test('shows one whole, laid out for people without losing a digit', async () => {
    const system = await System.start();
    const text = wrong.replace('"login"', '"login","n":9007199254740993.10');
    const place = await system.refuse(text);
    const whole = await deskOf(system).whole(place);
    expect(whole.payload).toContain('"n": 9007199254740993.10');
    expect(whole).toMatchObject({
      id: place,
      status: 'open',
      bytes: Buffer.byteLength(text),
      resolutions: [],
      examined: { passes: false, issues: [{ path: 'data.user_id', code: 'missing' }], cautions: [] },
    });
  });

  test('one that is corrected lands in the log once, with the word of it, and shows both', async () => {
    const system = await System.start();
    const desk = deskOf(system);
    const place = await system.refuse(wrong);
    const laidOut = JSON.stringify(JSON.parse(right), null, 2);
    const settled = await desk.correct(place, laidOut, { reason: 'the form forgot it' });
    expect(settled).toMatchObject({ action: 'corrected', repeat: false, refused: null });
    expect(await desk.correct(place, laidOut, {})).toEqual({ ...settled, repeat: true });
    // To the byte: what was laid out for a person is closed up again.
    expect((await system.texts())[0]).toBe(right);
    const [, word, ...others] = await system.logged();
    expect(word).toMatchObject({
      event_type: 'dead_letter_resolved',
      data: {
        dead_letter: place,
        action: 'corrected',
        seq: settled.seq,
        reason: 'the form forgot it',
        by: 'ann',
      },
    });
    expect(others).toEqual([]);
    await until(async () => (await desk.whole(place)).status === 'corrected');
    expect((await desk.whole(place)).resolutions).toMatchObject([{ action: 'corrected', seq: settled.seq }]);
  });

  test('two who correct it at once, each in their own way: one is stored, the other is told so', async () => {
    const system = await System.start();
    const place = await system.refuse(wrong);
    const texts = [right, right.replace('"7"', '"8"')];
    const desks = [deskOf(system, 'ann'), deskOf(system, 'bob')];
    const outcomes = await Promise.allSettled(desks.map((desk, i) => desk.correct(place, texts[i]!, {})));
    const events = (await system.logged()).filter(({ event_type }) => event_type === 'user_action');
    expect(events).toHaveLength(1);
    const won = texts.indexOf(JSON.stringify(events[0]));
    expect(outcomes[won]).toMatchObject({ status: 'fulfilled', value: { action: 'corrected' } });
    expect(outcomes[1 - won]).toMatchObject({ reason: { status: 409, code: 'already_driven' } });
  });

  test('what would be refused again, or wants thinking over, is told and not sent', async () => {
    const system = await System.start();
    const desk = deskOf(system);
    const place = await system.refuse(wrong);
    const issues = [{ path: 'data.user_id', code: 'missing' }];
    await expect(desk.retry(place, { force: true })).rejects.toMatchObject({ status: 409, issues });
    await expect(desk.correct(place, wrong, {})).rejects.toMatchObject({
      status: 400,
      code: 'still_invalid',
      issues,
    });
    await expect(desk.correct(place, '{', {})).rejects.toMatchObject({ status: 400 });
    const order = JSON.stringify({
      event_type: 'fire_command',
      timestamp: moment,
      source: 'webapp',
      data: {
        fire_id: 'F1',
        signal_id: 'S1',
        user_id: '7',
        symbol: 'EURUSD',
        direction: 'BUY',
        lot_size: 0.1,
        execution_mode: 'AUTO',
      },
    });
    expect(await desk.examine(place, order)).toMatchObject({
      passes: true,
      issues: [],
      cautions: [expect.stringContaining('an order')],
    });
    await expect(desk.correct(place, order, {})).rejects.toMatchObject({ status: 409, code: 'needs_force' });
    expect(await system.logged()).toEqual([]);
    expect(await desk.correct(place, order, { force: true })).toMatchObject({ action: 'corrected' });
    await expect(desk.discard(place, 'too late')).rejects.toMatchObject({
      status: 409,
      code: 'already_driven',
    });
    expect((await system.logged()).map(({ event_type }) => event_type)).toEqual([
      'fire_command',
      'dead_letter_resolved',
    ]);
  });

  test('one that the store does not have yet comes from the bus', async () => {
    const system = await System.start({ collects: false });
    const place = await system.refuse(wrong, { isStored: false });
    const desk = deskOf(system);
    expect(await desk.whole(place)).toMatchObject({ id: place, status: 'open', resolutions: [] });
    expect(await desk.correct(place, right, {})).toMatchObject({ action: 'corrected' });
    await expect(desk.whole(place + 1)).rejects.toMatchObject({ status: 404, code: 'no_such_letter' });
    await expect(desk.retry(place + 1, {})).rejects.toMatchObject({ status: 404 });
  });

  test('without a bus one is still shown, and settling it says that there is none', async () => {
    const system = await System.start();
    const place = await system.refuse(wrong);
    await system.killBus();
    const desk = deskOf(system);
    expect(await desk.whole(place)).toMatchObject({ id: place });
    await expect(desk.correct(place, right, {})).rejects.toMatchObject({ code: 'not_connected' });
  });
});
