import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Dealer } from 'zeromq';
import type { FetchRequest } from '../src/messages.js';
import { UnreadReplies } from '../src/unread.js';
import { agree, connect, startServer } from './support.js';

const mebibyte = 1024 * 1024;

describe('what is unread', () => {
  it('is known by the last mark shown, and makes pages smaller', () => {
    const unread = new UnreadReplies();
    expect(unread.room('a', 8 * mebibyte, 0), 'it has shown nothing').toBe(64 * 1024);
    unread.sent('a', { mark: 11, bytes: 64 * 1024, now: 0 });
    unread.read('a', 11);
    expect(unread.room('a', 8 * mebibyte, 0)).toBe(8 * mebibyte);
    expect(unread.room('a', 20 * mebibyte, 0), 'what is asked for counts').toBe(8 * mebibyte);
    expect(unread.room('a', 8 * mebibyte, 0)).toBe(64 * 1024);
    unread.settled('a', 16 * mebibyte + 64 * 1024);
    unread.sent('a', { mark: 12, bytes: 8 * mebibyte, now: 0 });
    unread.sent('a', { mark: 13, bytes: 7 * mebibyte, now: 0 });
    expect(unread.room('a', 8 * mebibyte, 0)).toBe(mebibyte);
    expect(unread.mayHold('a', 10 * mebibyte, 0)).toBe(false);
    unread.read('a', 999);
    expect(unread.bytes, 'a guess is no news').toBe(15 * mebibyte);
    unread.read('a', 12);
    expect(unread.bytes).toBe(7 * mebibyte);
    expect(unread.mayHold('a', 10 * mebibyte, 0)).toBe(true);
    unread.forget('a');
    expect(unread.bytes).toBe(0);
  });

  it('is forgotten after a minute: the client has read it, or has been cut off', () => {
    const unread = new UnreadReplies();
    unread.sent('a', { mark: 1, bytes: 24 * mebibyte, now: 0 });
    expect(unread.mayHold('a', mebibyte, 60_000)).toBe(false);
    expect(unread.mayHold('a', mebibyte, 60_001)).toBe(true);
    expect(unread.bytes).toBe(0);
  });

  it('bounds all clients together: pages shrink with the number of those that show nothing', () => {
    const unread = new UnreadReplies();
    const rooms = Array.from({ length: 1_000 }, (_, id) => unread.room(String(id), 8 * mebibyte, 0));
    expect(rooms[15]).toBe(64 * 1024);
    expect(rooms[63]).toBe(16 * 1024);
    expect(rooms[999]).toBe(4 * 1024);
    for (let id = 0; id < 20; id += 1) {
      unread.sent(String(id), { mark: id, bytes: 1, now: 0 });
      unread.read(String(id), id);
      unread.sent(String(id), { mark: id + 1_000, bytes: 14 * mebibyte, now: 0 });
    }
    expect(unread.room('0', 8 * mebibyte, 0)).toBe(64 * 1024);
  });
});

/** A server whose pages are as large as is asked for, and what has been asked. */
async function startPages() {
  const asked: FetchRequest[] = [];
  const server = await startServer((request, _peer, respond) => {
    if (request.op !== 'fetch') return respond(agree(request));
    asked.push(request);
    const body = Buffer.alloc(request.max_bytes, 'x');
    respond({ op: 'fetch', from: 1, next: 2, end: 2, runs: [[1, 1, 0]], body });
  });
  return { server, asked };
}

describe('a client that reads pages', () => {
  it('gets them as large as it asks for from the second on', async () => {
    const { server } = await startPages();
    const client = await connect(server.endpoint);
    const sizes: number[] = [];
    for (let page = 0; page < 20; page += 1) {
      sizes.push((await client.fetch({ from: 1, max_bytes: 4 * mebibyte })).body.length);
    }
    expect(sizes).toEqual([64 * 1024, ...Array.from({ length: 19 }, () => 4 * mebibyte)]);
    expect(server.unread_bytes).toBeLessThanOrEqual(4 * mebibyte + 200);
  });

  it('asks for several at a time, and gets each of them', async () => {
    const { server } = await startPages();
    const client = await connect(server.endpoint);
    await client.fetch({ from: 1 });
    for (let round = 0; round < 5; round += 1) {
      const pages = Array.from({ length: 40 }, () => client.fetch({ from: 1, max_bytes: mebibyte }));
      const sizes = (await Promise.all(pages)).map(({ body }) => body.length);
      expect(sizes[0]).toBe(mebibyte);
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(64 * 1024);
    }
  });
});

describe('a client that asks for pages and never reads', () => {
  it.each([
    ['and shows nothing', () => ({})],
    ['and guesses marks', (id: number) => ({ mark: id })],
  ])('%s gets small ones, and no more of them than there may be messages', async (_name, extra) => {
    const { server, asked } = await startPages();
    const stalled = new Dealer({
      linger: 0,
      receiveHighWaterMark: 1,
      receiveBufferSize: 4096,
      sendHighWaterMark: 0,
    });
    onTestFinished(() => stalled.close());
    stalled.connect(server.endpoint);
    const request = (id: number) => ({
      v: 1,
      op: 'fetch',
      id,
      from: 1,
      max_bytes: 8 * mebibyte,
      ...extra(id),
    });
    for (let id = 0; id < 2_000; id += 1) await stalled.send(JSON.stringify(request(id)));
    await vi.waitFor(() => expect(server.counters.requests).toBe(2_000), { timeout: 30_000 });
    expect(Math.max(...asked.map(({ max_bytes }) => max_bytes))).toBe(64 * 1024);
    // What is not dropped waits in the socket, in both ends' buffers of the system, or in the client.
    await vi.waitFor(() => expect(server.counters.undelivered).toBeGreaterThan(1_500), { timeout: 30_000 });
    const neighbour = await connect(server.endpoint);
    for (let page = 0; page < 5; page += 1) await neighbour.fetch({ from: 1, max_bytes: mebibyte });
  });

  it('gets no more of large events than it may leave unread, however it asks', async () => {
    const server = await startServer((request, _peer, respond) => {
      if (request.op !== 'fetch') return respond(agree(request));
      const body = Buffer.alloc(mebibyte, 'x');
      respond({ op: 'fetch', from: 1, next: 2, end: 2, runs: [[1, 1, 0]], body });
    });
    const stalled = new Dealer({
      linger: 0,
      receiveHighWaterMark: 1,
      receiveBufferSize: 4096,
      sendHighWaterMark: 0,
    });
    onTestFinished(() => stalled.close());
    stalled.connect(server.endpoint);
    for (let id = 0; id < 200; id += 1)
      await stalled.send(JSON.stringify({ v: 1, op: 'fetch', id, from: 1 }));
    await vi.waitFor(() => expect(server.counters.requests).toBe(200), { timeout: 30_000 });
    expect(server.unread_bytes).toBeLessThanOrEqual(24 * mebibyte);
    expect(server.counters.slowed).toBeGreaterThan(150);
  });

  it('gets small pages again once it has shown that it can read, and stops', async () => {
    const { server } = await startPages();
    const stalled = new Dealer({
      linger: 0,
      receiveHighWaterMark: 1,
      receiveBufferSize: 4096,
      sendHighWaterMark: 0,
    });
    onTestFinished(() => stalled.close());
    stalled.connect(server.endpoint);
    const request = { v: 1, op: 'fetch', id: 1, from: 1, max_bytes: 8 * mebibyte };
    await stalled.send(JSON.stringify(request));
    const [header] = await stalled.receive();
    const { mark } = JSON.parse(String(header)) as { mark: number };
    for (let id = 0; id < 500; id += 1) await stalled.send(JSON.stringify({ ...request, id, mark }));
    await vi.waitFor(() => expect(server.counters.requests).toBe(501), { timeout: 30_000 });
    expect(server.unread_bytes).toBeLessThanOrEqual(40 * mebibyte);
  });
});
