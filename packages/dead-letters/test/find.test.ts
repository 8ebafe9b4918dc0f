import { expect, test } from 'vitest';
import { type Ask, deciderName, findLetter, NoSuchLetterError, OtherLogError } from '../src/index.js';
import { Bus, eventText } from './support.js';

const refused = eventText('user_action', { action: 'login' });

test('a letter comes from the store, which knows its status, and the bus is not asked', async () => {
  const bus = await Bus.start();
  const letter = { ...(await bus.refuse(refused)), status: 'corrected' };
  const ask: Ask = () => Promise.reject(new Error('the bus was asked'));
  const stored = { logId: bus.logId, letter };
  expect(await findLetter(letter.id, { stored, ask, logId: bus.logId })).toEqual(letter);
});

test('what the store does not have yet comes from the bus, and what nobody has is told', async () => {
  const bus = await Bus.start();
  const letter = await bus.refuse(refused);
  const { ask, logId } = bus;
  for (const stored of [
    { logId: null, letter: null },
    { logId, letter: null },
  ]) {
    expect(await findLetter(letter.id, { stored, ask, logId })).toEqual(letter);
    await expect(findLetter(letter.id + 1, { stored, ask, logId })).rejects.toThrow(NoSuchLetterError);
  }
});

test('a letter of another log is not taken for one of this, even where the place is the same', async () => {
  const bus = await Bus.start();
  const letter = await bus.refuse(refused);
  const stored = { logId: 'another', letter };
  const { ask, logId } = bus;
  await expect(findLetter(letter.id, { stored, ask, logId })).rejects.toThrow(OtherLogError);
});

test('who decides is the name given, or the user of the program, and never longer than a word of it may be', () => {
  expect(deciderName('ann')).toBe('ann');
  expect(deciderName()).not.toBe('');
  expect(deciderName('x'.repeat(300))).toHaveLength(100);
});
