import { setTimeout as sleep } from 'node:timers/promises';
import { type System, until } from '@bitten/proof';
import { createMarket } from '@bitten/simulator';
import { joinEvents } from '@bitten/transport';

const batch_events = 2_000;
/** Slow enough that the signals and trades of days fit into a minute of publishing. */
const history = { days: 3, rate_per_s: 0.3 };
const day_s = 86_400;

/** What the pictures show: some days of a desk's past, a few mistakes, and a market that is open now. */
export class Scene {
  readonly #system: System;
  readonly #ending = new AbortController();
  #first = 1;
  #live: Promise<unknown> = Promise.resolve();

  constructor(system: System) {
    this.#system = system;
  }

  /** Publishes the past, and waits until the store has it. */
  async past(): Promise<void> {
    const now = Date.now() / 1000;
    const start_time = now - history.days * day_s;
    const market = createMarket({
      seed: 'pictures',
      run: 'past',
      start_time,
      rate_per_s: history.rate_per_s,
    });
    const texts: string[] = [];
    for (let event = market.next(); event.timestamp < now; event = market.next())
      texts.push(JSON.stringify(event));
    for (let from = 0; from < texts.length; from += batch_events) {
      await this.#publish(texts.slice(from, from + batch_events));
    }
    await this.#publish(mistakes(now));
    await this.#system.settled();
  }

  /** Begins to publish what happens now. */
  async present(rate_per_s: number): Promise<void> {
    const market = createMarket({
      seed: 'pictures now',
      run: 'now',
      start_time: Date.now() / 1000,
      rate_per_s,
    });
    const waiting: string[] = [];
    const { signal } = this.#ending;
    const publishing = market.run({
      rate_per_s,
      signal,
      publish: (event) => void waiting.push(JSON.stringify(event)),
    });
    const sending = (async () => {
      while (!signal.aborted) {
        await sleep(10);
        if (waiting.length > 0) await this.#publish(waiting.splice(0));
      }
    })();
    this.#live = Promise.all([publishing, sending]);
    await until('something to be published', () => this.#first > 1);
  }

  /** Until there is something to see in the charts of what happens now. */
  async untilItIsLively(): Promise<void> {
    const from = this.#first;
    await until('some thousand events', () => this.#first > from + 3_000, { every_ms: 200 });
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.#live;
  }

  async #publish(texts: readonly string[]): Promise<void> {
    const client = await this.#client();
    const first = this.#first;
    this.#first += texts.length;
    await client.publish({
      producer: 'pictures',
      first,
      count: texts.length,
      acked: first - 1,
      body: joinEvents(texts),
    });
  }

  async #client() {
    this.#opened ??= await this.#system.client();
    return this.#opened;
  }

  #opened: Awaited<ReturnType<System['client']>> | undefined;
}

/** What is refused, each for a reason of its own. */
function mistakes(now: number): string[] {
  const signal = {
    signal_id: 'SIG-77',
    symbol: 'EURUSD',
    direction: 'BUY',
    confidence: 85,
    pattern_type: 'ORDER_BLOCK',
  };
  const wrong = [
    { event_type: 'signal_generated', source: 'elite_guard', data: { ...signal, confidence: 850 } },
    { event_type: 'signal_generated', source: 'elite_guard', data: { ...signal, direction: 'LONG' } },
    {
      event_type: 'trade_executed',
      source: 'mt5_adapter',
      data: { fire_id: 'F-901', symbol: 'XAUUSD', volume: 0.2 },
    },
    {
      event_type: 'balance_update',
      source: 'mt5_adapter',
      data: { user_id: 'u-7', account_number: 8801, balance: 100 },
    },
    {
      event_type: 'market_data',
      source: 'mt5_feed',
      data: { symbol: 'A_SYMBOL_TOO_LONG', bid: 1, ask: 1, timestamp: now },
    },
  ];
  return wrong.map((event, n) => JSON.stringify({ ...event, timestamp: now - 600 + n * 90 }));
}
