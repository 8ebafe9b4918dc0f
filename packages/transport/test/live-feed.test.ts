import { limits } from '@bitten/schema';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Subscriber, XSubscriber } from 'zeromq';
import { PortInUseError } from '../src/errors.js';
import { LiveFeed } from '../src/live-feed.js';
import { Subscriptions } from '../src/subscriptions.js';
import { failure, portOf } from './support.js';

async function startFeed(): Promise<LiveFeed> {
  const feed = new LiveFeed({ host: '127.0.0.1', port: 0 });
  await feed.bind();
  onTestFinished(() => feed.close());
  return feed;
}

/** A subscriber as the running system's: plain ZeroMQ, a prefix, two frames. */
function subscribe(feed: LiveFeed, prefix: string): Subscriber {
  const socket = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
  socket.connect(feed.endpoint);
  socket.subscribe(prefix);
  onTestFinished(() => socket.close());
  return socket;
}

describe('the live feed', () => {
  it('gives a plain subscriber exactly two frames, in order', async () => {
    const feed = await startFeed();
    const subscriber = subscribe(feed, 'bitten.');
    await vi.waitFor(() => expect(feed.wants('bitten.market_data')).toBe(true));
    const count = 20_000;
    for (let seq = 1; seq <= count; seq++) feed.send('bitten.market_data', Buffer.from(`{"seq":${seq}}`));
    for (let seq = 1; seq <= count; seq++) {
      const frames = await subscriber.receive();
      if (frames.length !== 2 || String(frames[1]) !== `{"seq":${seq}}`) {
        expect(frames.map(String)).toEqual(['bitten.market_data', `{"seq":${seq}}`]);
      }
    }
  });

  it('sends a subscriber only what it asked for', async () => {
    const feed = await startFeed();
    const subscriber = subscribe(feed, 'bitten.fire_command');
    await vi.waitFor(() => expect(feed.hasSubscribers).toBe(true));
    expect(feed.wants('bitten.market_data')).toBe(false);
    feed.send('bitten.market_data', Buffer.from('1'));
    feed.send(Buffer.from('bitten.fire_command'), Buffer.from('2'));
    expect((await subscriber.receive()).map(String)).toEqual(['bitten.fire_command', '2']);
  });

  it('wants a topic until the last of its subscribers has gone, however it goes', async () => {
    const feed = await startFeed();
    expect(feed.wants('bitten.a')).toBe(false);
    const first = subscribe(feed, 'bitten.a');
    const second = subscribe(feed, 'bitten.a');
    await vi.waitFor(() => expect(feed.wants('bitten.a')).toBe(true));
    for (const socket of [first, second]) {
      // A message that came through proves that the subscription is in force.
      const received = socket.receive();
      const sending = setInterval(() => feed.send('bitten.a', Buffer.from('x')), 5);
      await received;
      clearInterval(sending);
    }
    first.unsubscribe('bitten.a');
    first.subscribe('bitten.b');
    await vi.waitFor(() => expect(feed.wants('bitten.b')).toBe(true));
    expect(feed.wants('bitten.a')).toBe(true);
    second.close();
    await vi.waitFor(() => expect(feed.wants('bitten.a')).toBe(false));
    expect(feed.wants('bitten.b')).toBe(true);
    first.close();
    await vi.waitFor(() => expect(feed.hasSubscribers).toBe(false));
  });

  it('is not misled by subscribers that send other things', async () => {
    const feed = await startFeed();
    const odd = new XSubscriber({ linger: 0 });
    onTestFinished(() => odd.close());
    odd.connect(feed.endpoint);
    await odd.send('junk');
    await odd.send('');
    await odd.send(Buffer.from([5, 6]));
    await odd.send(Buffer.from([1, 0xff]));
    await odd.send(Buffer.from([0, 0x61]));
    await odd.send('\x01bitten.x');
    await vi.waitFor(() => expect(feed.wants('bitten.x')).toBe(true));
    expect(feed.wants('junk')).toBe(false);
  });

  it('is bounded for a subscriber that does not read, and never makes the sender wait', async () => {
    const feed = await startFeed();
    const slow = new Subscriber({ linger: 0, receiveBufferSize: 4096 });
    onTestFinished(() => slow.close());
    slow.connect(feed.endpoint);
    slow.subscribe('');
    await vi.waitFor(() => expect(feed.wants('a')).toBe(true));
    const sent = 200_000;
    for (let seq = 0; seq < sent; seq++) feed.send('a', Buffer.from(String(seq).padStart(200)));

    const marking = setInterval(() => feed.send('mark', Buffer.from('')), 5);
    const got: number[] = [];
    for (
      let [topic, payload] = await slow.receive();
      String(topic) === 'a';
      [topic, payload] = await slow.receive()
    ) {
      got.push(Number(payload));
    }
    clearInterval(marking);
    expect(got.length).toBeGreaterThanOrEqual(limits.live_feed_backlog_max);
    expect(got.length).toBeLessThan(sent);
    expect(got.every((seq, index) => index === 0 || seq > got[index - 1]!)).toBe(true);
  }, 30_000);

  it('says which port is taken, and sends nothing after it was closed', async () => {
    const feed = await startFeed();
    const second = new LiveFeed({
      host: '127.0.0.1',
      port: portOf(feed.endpoint),
      portSetting: 'BITTEN_PUB_PORT',
    });
    onTestFinished(() => second.close());
    expect(await failure(second.bind())).toBeInstanceOf(PortInUseError);
    await feed.close();
    feed.send('a', Buffer.from('x'));
    await second.bind();
  });
});

describe('subscriptions', () => {
  it('match by prefix, and the empty prefix matches all', () => {
    const subscriptions = new Subscriptions();
    subscriptions.add('bitten.a');
    expect([subscriptions.match('bitten.a'), subscriptions.match('bitten.ab')]).toEqual([true, true]);
    expect(subscriptions.match('bitten.')).toBe(false);
    subscriptions.add('');
    expect(subscriptions.match('bitten.')).toBe(true);
    subscriptions.remove('');
    expect(subscriptions.match('bitten.')).toBe(false);
    for (let topic = 0; topic < 5000; topic++) expect(subscriptions.match(`x${topic}`)).toBe(false);
    expect(subscriptions.match('bitten.a')).toBe(true);
  });
});
