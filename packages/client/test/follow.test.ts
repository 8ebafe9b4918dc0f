import { describe, expect, it } from 'vitest';
import { BusAwayError } from '../src/bus-link.js';
import { findLast, follow, type LoggedText } from '../src/follow.js';
import { openLink, publishNotes, startBus, tempDataDir } from './support/bus.js';

const notes = { types: ['note'] };

function numbersOf(page: readonly LoggedText[]): number[] {
  return page.map(({ text }) => (JSON.parse(text) as { data: { n: number } }).data.n);
}

describe('following the log', () => {
  it('reads what is there and ends, or goes on with what comes', async () => {
    const broker = await startBus(tempDataDir());
    const link = await openLink(broker.ports.bus);
    await publishNotes(link, [1, 2, 3]);
    const { signal } = new AbortController();
    const options = { link, from: 'start', filter: notes, onGap: () => {}, signal } as const;
    const read: number[] = [];
    for await (const page of follow({ ...options, stopAtEnd: true })) read.push(...numbersOf(page));
    expect(read).toEqual([1, 2, 3]);
    const live = follow({ ...options, from: await findLast(link, notes, 1), stopAtEnd: false });
    expect(numbersOf((await live.next()).value as LoggedText[])).toEqual([3]);
    const next = live.next();
    await publishNotes(link, [4]);
    expect(numbersOf((await next).value as LoggedText[])).toEqual([4]);
    await live.return(undefined);
  });

  it('waits while the bus is away, and goes on where it was', async () => {
    const dataDir = tempDataDir();
    const broker = await startBus(dataDir);
    const { bus: port } = broker.ports;
    const said: string[] = [];
    const link = await openLink(port, {
      onAway: () => said.push('away'),
      onBack: () => said.push('back'),
      away_ms_max: 60_000,
    });
    await publishNotes(link, [1]);
    const { signal } = new AbortController();
    const live = follow({ link, from: 'start', filter: notes, stopAtEnd: false, onGap: () => {}, signal });
    expect(numbersOf((await live.next()).value as LoggedText[])).toEqual([1]);
    const next = live.next();
    await broker.stop();
    await startBus(dataDir, port);
    await publishNotes(await openLink(port), [2]);
    expect(numbersOf((await next).value as LoggedText[])).toEqual([2]);
    expect(said).toEqual(['away', 'back']);
    await live.return(undefined);
  });

  it('says where nobody is, and what to do', async () => {
    const broker = await startBus(tempDataDir());
    const { bus: port } = broker.ports;
    await broker.stop();
    const opening = openLink(port, { timeout_ms: 300 });
    await expect(opening).rejects.toThrow(BusAwayError);
    await expect(opening).rejects.toMatchObject({ remedy: expect.stringContaining('start it') });
  });
});
