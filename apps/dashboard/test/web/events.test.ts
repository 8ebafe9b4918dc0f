import { describe, expect, it } from 'vitest';
import type { EventRow, TailFrame } from '../../src/api/index.js';
import { filterIn, liveFilter } from '../../web/pages/events/filter.js';
import { rows_max, TailBuffer } from '../../web/pages/events/tail-buffer.js';

const event = (seq: number) => ({ seq }) as EventRow;

function frame(seqs: readonly number[], more: Partial<TailFrame> = {}): TailFrame {
  return { events: seqs.map(event), passed_over: 0, gap: null, ...more };
}

const seqsOf = (buffer: TailBuffer) => buffer.view.rows.map(({ seq }) => seq);

describe('the live tail', () => {
  it('has the newest on top, and holds no more after a day than after a minute', () => {
    const buffer = new TailBuffer();
    for (let n = 1; n <= 1_000; n += 1) buffer.add(frame([2 * n, 2 * n + 1], { passed_over: 3 }));
    expect(seqsOf(buffer).slice(0, 3)).toEqual([2_001, 2_000, 1_999]);
    expect(buffer.view.rows).toHaveLength(rows_max);
    expect(buffer.view.passedOver).toBe(3_000);
  });

  it('stands still while it is paused, counts what comes, and shows the newest of it afterwards', () => {
    const buffer = new TailBuffer();
    buffer.add(frame([1, 2]));
    buffer.pause();
    for (let n = 3; n <= 1_002; n += 1) buffer.add(frame([n], { passed_over: 1 }));
    expect([seqsOf(buffer), buffer.view.waiting]).toEqual([[2, 1], 2_000]);
    buffer.resume();
    expect(seqsOf(buffer).slice(0, 2)).toEqual([1_002, 1_001]);
    expect([buffer.view.rows.length, buffer.view.waiting]).toEqual([rows_max, 0]);
  });

  it('counts what is not there to be seen', () => {
    const buffer = new TailBuffer();
    buffer.add(frame([9], { gap: { from: 3, to: 7 } }));
    buffer.add(frame([], { unread: 5 }));
    expect(buffer.view.missing).toBe(9);
  });
});

describe('the filter in the address', () => {
  it('is what the fields hold, and of that the tail takes what is known of an event at once', () => {
    const filter = filterIn({ types: ' a,b ', text: 'x', symbols: '', mode: 'search', from: '1' });
    expect(filter).toEqual({ types: 'a,b', text: 'x' });
    expect(liveFilter(filter)).toEqual({ types: 'a,b' });
  });
});
