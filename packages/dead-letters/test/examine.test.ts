import { Catalogue, limits, standardDefinitions } from '@bitten/schema';
import { hostileTexts } from '@bitten/schema/testing';
import { describe, expect, test } from 'vitest';
import { examine, examineText, fetchLetter, NoSuchLetterError, readPayload } from '../src/index.js';
import { Bus, eventText, letterOf } from './support.js';

const login = eventText('user_action', { action: 'login' });
const priceAlert = eventText('price_alert', { side: 'MID' });

test('what still breaks a rule says which, by field', () => {
  const { event, issues, lost } = examine(letterOf(login));
  expect({ event, lost }).toEqual({ event: null, lost: [] });
  expect(issues).toMatchObject([{ path: 'data.user_id', code: 'missing' }]);
});

test('what passes is an event', () => {
  const text = eventText('user_action', { action: 'login', user_id: '7' });
  const { event, issues, cautions } = examineText(letterOf(login), text);
  expect(event).toEqual(JSON.parse(text));
  expect({ issues, cautions }).toEqual({ issues: [], cautions: [] });
});

describe('a rule that only its publisher knows', () => {
  const issue = { path: 'data.side', code: 'choice' as const, found: '"MID"', expected: 'BID or ASK' };

  test('of a type of its own needs force, and says which rule', () => {
    const letter = letterOf(priceAlert, { event_type: 'price_alert', issues: [issue] });
    const { event, cautions } = examine(letter);
    expect(event).not.toBeNull();
    expect(cautions).toMatchObject([{ code: 'own_rule' }]);
    expect(cautions[0]?.why).toContain('data.side: BID or ASK');
    // Corrected, it is somebody's word that it is right now.
    expect(examineText(letter, priceAlert).cautions).toEqual([]);
  });

  test('is no mystery where the type is known here too', () => {
    const letter = letterOf(priceAlert, { event_type: 'price_alert', issues: [issue] });
    const catalogue = new Catalogue([{ ...standardDefinitions.signal_expired, type: 'price_alert' }]);
    expect(examine(letter, { catalogue }).issues).toMatchObject([{ path: 'data.signal_id' }]);
  });

  test('of what JSON has made of NaN, in a standard type', () => {
    const health = eventText('system_health', { component: 'c', status: 'running', uptime: null });
    const nan = { path: 'data.uptime', code: 'json' as const, found: 'NaN', expected: 'a finite number' };
    const letter = letterOf(health, { event_type: 'system_health', issues: [nan] });
    expect(examine(letter).cautions).toMatchObject([{ code: 'own_rule' }]);
  });

  test('is not behind what an older bus refused, nor what came without a producer', () => {
    const text = eventText('user_action', { action: 'login', user_id: '7' });
    expect(examine(letterOf(text)).cautions).toEqual([]);
    expect(examine(letterOf(priceAlert, { producer: null, door: '5571' })).cautions).toEqual([]);
  });
});

describe('what is gone for good', () => {
  test('the value of a secret: which field, and that unsetting it helps', async () => {
    const bus = await Bus.start();
    const letter = await bus.refuse(
      eventText('user_action', { action: 'a', user_id: '7', password: 'hunter2' }),
    );
    const { lost, issues, payload } = examine(letter);
    expect(payload.removed).toBe('values');
    expect(lost).toEqual([expect.stringContaining('the value of data.password was removed')]);
    expect(issues).toMatchObject([{ path: 'data.password', code: 'secret' }]);
    expect(JSON.stringify(letter)).not.toContain('hunter2');
  });

  test('all of what was no JSON and may have held one', async () => {
    const bus = await Bus.start();
    const { lost, payload } = examine(await bus.refuse("{'password': 'hunter2'}"));
    expect(payload.removed).toBe('everything');
    expect(lost).toEqual([expect.stringContaining('all of it was removed')]);
  });

  test('what was behind the first 8 MiB', () => {
    const letter = letterOf('x'.repeat(limits.batch_bytes_max));
    expect(examine(letter).lost).toEqual([expect.stringContaining('only its first 8388608 bytes')]);
    expect(
      examine(
        letterOf(Buffer.alloc(limits.batch_bytes_max, 0xff).toString('base64'), { encoding: 'base64' }),
      ),
    ).toMatchObject({ payload: { isTruncated: true, text: null }, event: null });
  });
});

test('bytes that are no text say so; text that came in base64 for its size is text', () => {
  const bytes = letterOf(Buffer.from([0x7b, 0xff]).toString('base64'), { encoding: 'base64' });
  expect(examine(bytes).issues).toMatchObject([{ code: 'json', found: '2 bytes that are no UTF-8' }]);
  const text = letterOf(Buffer.from(login).toString('base64'), { encoding: 'base64' });
  expect(readPayload(text)).toMatchObject({ text: login, bytes: login.length });
  expect(examine(text).issues).toMatchObject([{ path: 'data.user_id' }]);
});

test('whatever was refused by a bus is refused here, and the other way round', async () => {
  const bus = await Bus.start();
  for (const { what, bytes } of hostileTexts()) {
    const producer = `p${Math.random()}`;
    const body = Buffer.from(bytes.filter((byte) => byte !== 0x0a));
    const reply = await bus.client
      .publish({ producer, first: 1, count: body.length === 0 ? 0 : 1, acked: 0, body })
      .catch(() => null);
    const place = reply?.rejected[0]?.dead_letter;
    if (place == null) continue;
    const { event, issues } = examine(await fetchLetter(bus.ask, place));
    expect(event, what).toBeNull();
    expect(issues.length, what).toBeGreaterThan(0);
  }
});

test('a dead letter that is not there is told as that', async () => {
  const bus = await Bus.start();
  await bus.refuse(login);
  expect(await fetchLetter(bus.ask, 1)).toMatchObject({ id: 1, payload: login, event_type: 'user_action' });
  await expect(fetchLetter(bus.ask, 2)).rejects.toThrow(NoSuchLetterError);
  await expect(fetchLetter(bus.ask, 99)).rejects.toThrow(NoSuchLetterError);
});
