import { join } from 'node:path';
import { createStandardCatalogue, type Envelope } from '@bitten/schema';
import { MemoryLog } from '@bitten/storage/log';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeptValues, keptBounds } from '../src/last-values/kept-values.js';
import { type Keyed, LastValues } from '../src/last-values/last-values.js';
import { temporaryDir } from './support/broker.js';
import { textsIn } from './support/rig.js';

const catalogue = createStandardCatalogue();
const query = { types: ['market_data', 'balance_update'], filter: undefined, after: 0, maxBytes: 8e6 };

function eventOf(type: string, key: string, n: number): Envelope {
  const data = type === 'balance_update' ? { account_number: key, n } : { symbol: key, n };
  return { event_type: type, timestamp: 1, source: 's', data };
}

/** What the last values of a log are, found by reading all of it. */
function expected(log: MemoryLog): string[] {
  const byKey = new Map<string, string>();
  for (const text of textsIn(log)) {
    const { event_type, data } = JSON.parse(text) as Envelope;
    if (event_type === 'user_action') continue;
    const key = `${event_type} ${event_type === 'market_data' ? data.symbol : data.account_number}`;
    byKey.delete(key);
    byKey.set(key, text);
  }
  return [...byKey.values()];
}

const event = fc.tuple(
  fc.constantFrom('market_data', 'balance_update', 'user_action'),
  fc.constantFrom('EURUSD', 'é', 'a\n"b', '\ud83d\ude00', ''),
);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('append' as const), events: fc.array(event, { minLength: 1 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('close' as const, 'crash' as const, 'ask' as const, 'fail' as const),
    }),
  },
);

test('whatever is appended, and however often the bus ends and comes back, they are what reading the whole log finds', async () => {
  const root = temporaryDir();
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      runs += 1;
      const log = new MemoryLog();
      const file = join(root, String(runs));
      const start = () =>
        new LastValues({ log, catalogue, file, onError: (error) => expect.fail(String(error)) });
      let lastValues = start();
      let n = 0;
      for (const each of steps) {
        if (each.kind === 'append') {
          const events = each.events.map(([type, key], i) => eventOf(type, key, n + i));
          n += events.length;
          const texts = events.map((one) => JSON.stringify(one));
          const body = Buffer.from(texts.join('\n'));
          const seq = log.stage({ producer: '', producerSeq: 0, count: events.length, appendedAt: n, body });
          const staged: Keyed[] = [];
          for (const [i, one] of events.entries()) {
            const keyed = lastValues.keyedBy(one, i);
            if (keyed !== null) staged.push(keyed);
          }
          lastValues.stage(staged, { seq, first: 0, appendedAt: n, texts });
          log.commit();
          lastValues.commit();
        } else if (each.kind === 'fail') {
          const keyed = lastValues.keyedBy(eventOf('market_data', 'EURUSD', -1))!;
          lastValues.stage([keyed], { seq: log.nextSeq, first: 0, appendedAt: n, texts: ['{"never":1}'] });
          lastValues.rollback();
        } else if (each.kind === 'ask') {
          const page = await lastValues.ask(query);
          expect(page!.next).toBe(log.nextSeq);
          const texts = page!.runs.length === 0 ? [] : page!.body.toString().split('\n');
          expect(texts).toEqual(expected(log));
        } else {
          if (each.kind === 'close') await lastValues.close();
          lastValues = start();
        }
      }
      const page = (await lastValues.ask(query))!;
      expect(page.runs.length === 0 ? [] : page.body.toString().split('\n')).toEqual(expected(log));
      await lastValues.close();
    }),
    { numRuns: 200 },
  );
}, 120_000);

test('what is too much goes, the oldest first, and what is too large is no last value', () => {
  const kept = new KeptValues([
    ['t', ['k']],
    ['u', ['k']],
  ]);
  const t = kept.of('t')!;
  const values = t.kept;
  const put = (key: string, seq: number, text = 'x') => kept.put(t, key, { seq, appendedAt: 0, text });
  for (let seq = 1; seq <= keptBounds.keys_of_type_max + 5; seq += 1) put(`k${seq}`, seq);
  put('k1', 20_000);
  kept.settle();
  expect(values.size).toBe(keptBounds.keys_of_type_max);
  expect([values.has('k1'), values.has('k2'), values.has('k6'), values.has('k7')]).toEqual([
    true,
    false,
    false,
    true,
  ]);
  expect(kept.stats).toMatchObject({ keys: keptBounds.keys_of_type_max, forgotten: 5 });
  put('k7', 20_001, 'x'.repeat(keptBounds.value_bytes_max + 1));
  for (let seq = 20_002; seq < 20_602; seq += 1) put(`l${seq}`, seq, 'x'.repeat(60_000));
  kept.settle();
  expect(values.has('k7')).toBe(false);
  expect(kept.stats.bytes).toBeLessThanOrEqual(keptBounds.bytes_max);
  const texts = [...values.values()].map(({ text }) => text.length);
  expect(texts.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(keptBounds.bytes_max);
  expect(values.has('l20601')).toBe(true);
  expect(kept.stats.keys).toBe(values.size);
});
