import { createStandardCatalogue, defineEvent, standardDefinitions } from '@bitten/schema';
import { BusClient, ConnectionLostError } from '@bitten/transport';
import { expect, onTestFinished, test } from 'vitest';
import {
  AlreadyDrivenError,
  type Ask,
  BadResolutionError,
  CautionError,
  StillInvalidError,
} from '../src/index.js';
import { Bus, connect, eventText } from './support.js';

const login = eventText('user_action', { action: 'login' });
const corrected = eventText('user_action', { action: 'login', user_id: '7' });

test('a corrected dead letter is published, and the word of it after that', async () => {
  const bus = await Bus.start();
  const letter = await bus.refuse(eventText('user_action', { action: 'login' }, { correlation_id: 'S1' }));
  const better = eventText('user_action', { action: 'login', user_id: '7' }, { correlation_id: 'S1' });
  const driven = await bus.settler().correct(letter, better, { reason: 'the form forgot it' });
  expect(driven).toMatchObject({ action: 'corrected', refused: null, isRepeat: false, isOther: false });
  const [event, word] = await bus.all();
  expect(event).toEqual(JSON.parse(better));
  expect(word).toMatchObject({
    event_type: 'dead_letter_resolved',
    source: 'bitten',
    correlation_id: 'S1',
    data: {
      dead_letter: letter.id,
      action: 'corrected',
      seq: driven.seq,
      reason: 'the form forgot it',
      by: 'ann',
    },
  });
});

test('what breaks a rule as it stands is not sent, with force neither', async () => {
  const bus = await Bus.start();
  const letter = await bus.refuse(login);
  await expect(bus.settler().retry(letter, { force: true })).rejects.toThrow(StillInvalidError);
  await expect(bus.settler().correct(letter, '{', { force: true })).rejects.toThrow(StillInvalidError);
  expect(await bus.all()).toEqual([]);
  expect(await bus.all('dead_letters')).toHaveLength(1);
});

test('two at once store one event and one word of it', async () => {
  const bus = await Bus.start();
  const letter = await bus.refuse(login);
  const other = await connect(bus.port);
  const settlers = [bus.settler(), bus.settler((request) => request(other))];
  const outcomes = await Promise.all(settlers.map((settler) => settler.correct(letter, corrected)));
  expect(new Set(outcomes.map(({ seq }) => seq)).size).toBe(1);
  expect((await bus.all()).map(({ event_type }) => event_type)).toEqual([
    'user_action',
    'dead_letter_resolved',
  ]);
});

test('two at once with different corrections: one is stored, and the other is told that theirs is not', async () => {
  const bus = await Bus.start();
  const letter = await bus.refuse(login);
  const other = await connect(bus.port);
  const texts = [corrected, corrected.replace('"7"', '"8"')];
  const settlers = [bus.settler(), bus.settler((request) => request(other))];
  const outcomes = await Promise.all(settlers.map((settler, i) => settler.correct(letter, texts[i]!)));
  const [event] = await bus.all();
  expect(outcomes.map(({ isOther }) => isOther)).toEqual(
    texts.map((text) => JSON.stringify(event) !== JSON.stringify(JSON.parse(text))),
  );
  expect(outcomes.filter(({ isOther }) => isOther)).toHaveLength(1);
});

test('who comes later with something else is told that it was not published', async () => {
  const bus = await Bus.start();
  const letter = await bus.refuse(login);
  const { seq } = await bus.settler().correct(letter, corrected);
  const late = await bus.settler().correct(letter, corrected.replace('"7"', '"8"'));
  expect(late).toEqual({ action: 'corrected', seq, refused: null, isRepeat: true, isOther: true });
  expect(await bus.all()).toHaveLength(2);
});

/** Where a process can die or a connection break: before and after asking, the event, what stands in the log, the word. */
const steps = [0, 1, 2, 3, 4, 5, 6, 7];

test.each(steps)('given up at any step (%i), trying again goes on where it was', async (step) => {
  const bus = await Bus.start();
  const letter = await bus.refuse(login);
  let asked = 0;
  const dying: Ask = async (request) => {
    if (asked++ === step) throw new ConnectionLostError('tcp://x', 'killed before');
    const reply = await request(bus.client);
    if (asked++ === step) throw new ConnectionLostError('tcp://x', 'killed after');
    return reply;
  };
  await expect(bus.settler(dying).correct(letter, corrected)).rejects.toThrow(ConnectionLostError);
  const again = await bus.settler().correct(letter, corrected);
  expect(again).toMatchObject({ action: 'corrected', refused: null, isOther: false, isRepeat: step >= 3 });
  const [event, word] = await bus.all();
  expect(event).toEqual(JSON.parse(corrected));
  expect(word).toMatchObject({ data: { dead_letter: letter.id, action: 'corrected', seq: again.seq } });
  expect(await bus.all()).toHaveLength(2);
});

test('a connection that is cut while it is driven stores nothing twice', async () => {
  const bus = await Bus.start();
  const letter = await bus.refuse(login);
  let cut = 0;
  const persistent: Ask = async (request) => {
    for (;;) {
      const client = new BusClient({ port: bus.port, name: 'cut' });
      onTestFinished(() => client.close());
      await client.connected({ timeout_ms: 20_000 });
      const reply = request(client);
      // The first time each request is made, its connection is gone before the reply is read.
      if (cut++ % 2 === 0) client.close();
      try {
        return await reply;
      } catch {}
    }
  };
  const driven = await bus.settler(persistent).correct(letter, corrected);
  // Asking, the event, what stands in the log, the word of it: each twice.
  expect(cut).toBe(8);
  expect(driven).toMatchObject({ action: 'corrected', isOther: false });
  expect((await bus.all()).map(({ event_type }) => event_type)).toEqual([
    'user_action',
    'dead_letter_resolved',
  ]);
});

test('the word of an earlier try tells what is in the log, not what is given now', async () => {
  const bus = await Bus.start();
  const letter = await bus.refuse(
    eventText('price_alert', { side: 'MID' }).replace('"timestamp":1757957318.5,', ''),
  );
  const better = eventText('price_alert', { side: 'BID' });
  let asked = 0;
  const dying: Ask = (request) => (asked++ === 2 ? Promise.reject(new Error('killed')) : request(bus.client));
  await expect(bus.settler(dying).correct(letter, better)).rejects.toThrow('killed');
  const late = await bus.settler().correct(letter, better.replace('BID', 'ASK'));
  expect(late).toMatchObject({ action: 'corrected', isOther: true });
  expect((await bus.all()).at(-1)).toMatchObject({ data: { action: 'corrected', seq: late.seq } });
});

test('one that is refused again is a dead letter of its own, and the old one is settled', async () => {
  const priceAlert = defineEvent({
    type: 'price_alert',
    description: 'A price.',
    data: standardDefinitions.signal_expired.data,
  });
  // A bus with rules that are not known here.
  const bus = await Bus.start({ catalogue: createStandardCatalogue([priceAlert]) });
  const letter = await bus.refuse(eventText('price_alert', {}));
  await expect(bus.settler().retry(letter)).rejects.toThrow(CautionError);
  const driven = await bus.settler().retry(letter, { force: true });
  expect(driven).toMatchObject({ action: 'retried', seq: null, refused: { deadLetter: 2 } });
  expect(await bus.all()).toMatchObject([
    { data: { dead_letter: 1, action: 'retried', reason: 'refused again: dead letter 2' } },
  ]);
  // Trying again makes no third.
  await bus.settler().retry(letter, { force: true });
  expect(await bus.all('dead_letters')).toHaveLength(2);
  expect(await bus.all()).toHaveLength(1);
});

test('a discarded one says why, once, and can still be driven again', async () => {
  const bus = await Bus.start();
  const letter = await bus.refuse(login);
  expect(await bus.settler().discard(letter, 'a test')).toEqual({ action: 'discarded', isRepeat: false });
  expect(await bus.settler().discard(letter, 'another')).toEqual({ action: 'discarded', isRepeat: true });
  await bus.settler().correct({ ...letter, status: 'discarded' }, corrected);
  expect(await bus.all()).toMatchObject([
    { data: { dead_letter: 1, action: 'discarded', reason: 'a test', by: 'ann' } },
    { event_type: 'user_action' },
    { data: { dead_letter: 1, action: 'corrected' } },
  ]);
});

test('one that is an event already cannot be discarded', async () => {
  const bus = await Bus.start();
  const letter = await bus.refuse(login);
  let asked = 0;
  const dying: Ask = (request) => (asked++ === 2 ? Promise.reject(new Error('killed')) : request(bus.client));
  await expect(bus.settler(dying).correct(letter, corrected)).rejects.toThrow('killed');
  await expect(bus.settler().discard(letter, 'no')).rejects.toThrow(AlreadyDrivenError);
  // Settled so long ago that the bus has forgotten who did it: the store's status tells.
  for (const status of ['retried', 'corrected']) {
    const old = { ...letter, id: 77, status };
    await expect(bus.settler().discard(old, 'no')).rejects.toThrow(AlreadyDrivenError);
    await expect(bus.settler().correct(old, corrected)).rejects.toThrow(AlreadyDrivenError);
  }
  expect(await bus.all()).toHaveLength(1);
});

test('a reason too long to be kept is refused before anything is published', async () => {
  const bus = await Bus.start();
  const letter = await bus.refuse(login);
  const reason = 'x'.repeat(501);
  await expect(bus.settler().correct(letter, corrected, { reason })).rejects.toThrow(BadResolutionError);
  await expect(bus.settler().discard(letter, reason)).rejects.toThrow(BadResolutionError);
  expect(await bus.all()).toEqual([]);
});

test('an order, and what has expired, is driven again only by who means it', async () => {
  const bus = await Bus.start();
  const letter = await bus.refuse(login);
  const fire = {
    fire_id: 'F1',
    signal_id: 'S1',
    user_id: '7',
    symbol: 'EURUSD',
    direction: 'BUY',
    lot_size: 0.1,
  };
  const order = eventText('fire_command', { ...fire, execution_mode: 'AUTO' });
  const signal = { signal_id: 'S1', symbol: 'EURUSD', direction: 'BUY', confidence: 1, pattern_type: 'P' };
  const old = eventText('signal_generated', { ...signal, expires_at: 1_757_957_400 });
  for (const text of [order, old]) {
    await expect(bus.settler().correct(letter, text)).rejects.toThrow(CautionError);
  }
  expect(await bus.all()).toEqual([]);
  expect(await bus.settler().correct(letter, order, { force: true })).toMatchObject({ action: 'corrected' });
});

test('line breaks of a payload that was laid out are no ends of events', async () => {
  const bus = await Bus.start();
  const letter = await bus.refuse(login);
  const laidOut = JSON.stringify(JSON.parse(corrected), null, 2);
  expect(await bus.settler().correct(letter, laidOut)).toMatchObject({ refused: null });
  expect((await bus.all())[0]).toEqual(JSON.parse(corrected));
});
