import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  fractionOf,
  instantAfterKey,
  instantAt,
  readInstant,
  writeInstant,
} from '../../web/pages/time-machine/instant.js';

const span = { from: 1_000, to: 1_000_000 };
const press = (key: string, shiftKey = false) => ({
  key,
  shiftKey,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
});

describe('the keys of the slider', () => {
  it.each([
    ['ArrowRight', false, 1],
    ['ArrowLeft', false, -1],
    ['ArrowRight', true, 60],
    ['ArrowLeft', true, -60],
    ['PageUp', false, 3_600],
    ['PageDown', false, -3_600],
    ['PageUp', true, 86_400],
    ['PageDown', true, -86_400],
  ])('%s with shift %s goes %d s', (key, shift, seconds) => {
    expect(instantAfterKey(press(key, shift), 500_000.25, span)).toBe(500_000.25 + seconds);
  });

  it('never leaves history, and reaches its ends', () => {
    expect(instantAfterKey(press('ArrowLeft'), 1_000.5, span)).toBe(1_000);
    expect(instantAfterKey(press('PageUp', true), 999_999, span)).toBe(1_000_000);
    expect(instantAfterKey(press('Home'), 5_000, span)).toBe(1_000);
    expect(instantAfterKey(press('End'), 5_000, span)).toBe(1_000_000);
  });

  it('leaves every other key to the browser', () => {
    expect(instantAfterKey(press('a'), 5_000, span)).toBeUndefined();
    expect(instantAfterKey({ ...press('ArrowLeft'), altKey: true }, 5_000, span)).toBeUndefined();
  });
});

describe('the place on the slider', () => {
  it('is found again from its fraction', () => {
    for (const at of [1_000, 1_234.5, 777_777, 1_000_000]) {
      expect(instantAt(fractionOf(at, span), span)).toBeCloseTo(at, 6);
    }
  });

  it('is exactly the end at the end, and holds a history of one instant', () => {
    expect(instantAt(1, { from: 0.3, to: 0.9 })).toBe(0.9);
    expect(instantAt(0.5, { from: 5, to: 5 })).toBe(5);
    expect(fractionOf(5, { from: 5, to: 5 })).toBe(1);
  });
});

describe('an instant that somebody writes', () => {
  const zone = process.env.TZ;
  beforeEach(() => {
    process.env.TZ = 'America/New_York';
  });
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });
  const now = Date.parse('2025-08-21T16:00:00Z') / 1000;

  it.each([
    ['2025-08-21 17:58:19.469', '2025-08-21T21:58:19.469Z'],
    ['2025-08-21T17:58', '2025-08-21T21:58:00Z'],
    ['2025-08-21', '2025-08-21T04:00:00Z'],
    ['2025-08-21T17:58:19Z', '2025-08-21T17:58:19Z'],
    ['2025-08-21 17:58:19.5 +02:00', '2025-08-21T15:58:19.5Z'],
    ['9:30', '2025-08-21T13:30:00Z'],
    ['17:58:19.469', '2025-08-21T21:58:19.469Z'],
    ['-5min', '2025-08-21T15:55:00Z'],
    ['+1h', '2025-08-21T17:00:00Z'],
    ['-250ms', '2025-08-21T15:59:59.75Z'],
    ['1755792000.5', '2025-08-21T16:00:00.5Z'],
  ])('%s', (text, iso) => {
    expect(readInstant(text, now)).toBeCloseTo(Date.parse(iso) / 1000, 6);
  });

  it.each(['', 'yesterday', '2025-02-30', '2025-08-21 25:00', '17:60', '12', '5min', '2025-13-01T10:00Z'])(
    '%j is none',
    (text) => {
      expect(readInstant(text, now)).toBeUndefined();
    },
  );

  it('is read again as it was written', () => {
    const at = Date.parse('2025-11-02T04:03:02.071Z') / 1000;
    expect(writeInstant(at)).toBe('2025-11-02 00:03:02.071');
    expect(readInstant(writeInstant(at), now)).toBeCloseTo(at, 6);
  });
});
