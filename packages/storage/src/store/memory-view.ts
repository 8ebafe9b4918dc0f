import { curves_max, openTrades_max, quoteOf } from './as-of/as-of-reader.js';
import type { ComponentStatuses, EquityCurves, State, TimeRange } from './as-of/state.js';
import { number, symbolOf, text } from './columns.js';
import { hopOf } from './lives/life.js';
import type { Lifecycle } from './lives/lifecycle.js';
import { MemoryLives } from './lives/memory-lives.js';
import { bucketOf, day_s, hour_s, inMillionths, millionths } from './rollups/buckets.js';
import { bucketsOf, stepOf, volumeOf } from './rollups/rollup-reader.js';
import type { SignalStats, SymbolStats, VolumeQuery, VolumeStats } from './rollups/rollups.js';
import { compareNewest, type EventPage, type EventSearch } from './search/search.js';
import { limitOf } from './spans.js';
import type { StoredEvent } from './types.js';

/** What people look at, told from all events of a store in memory each time it is asked for: no index, no rollup. */
export class MemoryView {
  readonly #events: readonly StoredEvent[];
  readonly #lives: Lifecycle[];

  constructor(events: readonly StoredEvent[]) {
    this.#events = events;
    this.#lives = new MemoryLives(events).all();
  }

  search(search: EventSearch): EventPage {
    const limit = limitOf(search.limit);
    const passing = this.#events
      .filter((event) => passes(event, search))
      .sort((a, b) => compareNewest(of(a), of(b)));
    const { before } = search;
    const left =
      before === undefined ? passing : passing.filter((event) => compareNewest(of(event), before) > 0);
    const events = left.slice(0, limit).map((event) => structuredClone(event));
    const last = events.at(-1);
    return { events, next: last !== undefined && left.length > limit ? of(last) : null, searched_to: null };
  }

  about(id: string, limit: number): StoredEvent[] {
    const lives = this.#lives.filter(({ signal_id, fire_id }) => signal_id === id || fire_id === id);
    const signals = new Set(lives.map(({ signal_id }) => signal_id));
    const fires = new Set(lives.map(({ fire_id }) => fire_id));
    const places = new Set(lives.flatMap((life) => seqsOf(life)));
    return this.#events
      .filter((event) => {
        if (event.correlation_id === id || places.has(event.id)) return true;
        if (event.event_type === 'signal_generated') return signals.has(text(event.data.signal_id));
        return (
          ['fire_command', 'trade_executed'].includes(event.event_type) && fires.has(text(event.data.fire_id))
        );
      })
      .sort((a, b) => -compareNewest(of(a), of(b)))
      .slice(0, limit)
      .map((event) => structuredClone(event));
  }

  history(): { from: number; to: number } | null {
    const sorted = this.#events.map(({ timestamp }) => timestamp).sort((a, b) => a - b);
    return sorted.length === 0 ? null : { from: sorted[0]!, to: sorted.at(-1)! };
  }

  seqFrom(time: number): number | null {
    const later = this.#events.filter(({ timestamp }) => timestamp >= time);
    return later.sort((a, b) => -compareNewest(of(a), of(b)))[0]?.id ?? null;
  }

  stateAt(at: number): State {
    const open = this.#lives
      .filter(
        ({ executed_at, outcome_at }) =>
          executed_at !== null && executed_at <= at && (outcome_at ?? at + 1) > at,
      )
      .sort((a, b) => b.executed_at! - a.executed_at! || b.executed_seq! - a.executed_seq!);
    return {
      at,
      accounts: this.#lastOf('balance_update', at, ({ data }) => text(data.account_number)).map(
        ([account, event]) => ({
          account_number: account,
          user_id: text(event.data.user_id),
          balance: number(event.data.balance),
          equity: number(event.data.equity),
          margin: number(event.data.margin),
          free_margin: number(event.data.free_margin),
          at: event.timestamp,
          seq: event.id,
        }),
      ),
      open_trades: open.slice(0, openTrades_max).map((life) => {
        const { data } = this.#events.find(({ id }) => id === life.executed_seq)!;
        const { fire_id, signal_id, user_id, symbol, direction, ticket } = life;
        return {
          fire_id: fire_id!,
          signal_id,
          user_id,
          symbol,
          direction,
          ticket,
          volume: number(data.volume),
          open_price: number(data.open_price),
          sl_price: number(data.sl_price),
          tp_price: number(data.tp_price),
          opened_at: life.executed_at!,
          seq: life.executed_seq!,
        };
      }),
      open_trades_total: open.length,
      quotes: this.#lastOf('market_data', at, ({ data }) => symbolOf(data)).map(
        ([symbol, { data, timestamp, id }]) => quoteOf({ symbol, at: timestamp, seq: id }, data),
      ),
      components: this.#lastOf('system_health', at, ({ data }) => text(data.component)).map(
        ([component, event]) => ({
          component,
          status: text(event.data.status) ?? '',
          message: text(event.data.message),
          at: event.timestamp,
          seq: event.id,
        }),
      ),
    };
  }

  equity({ from, to, points }: TimeRange & { points: number }): EquityCurves {
    const step = points > 1 ? (to - from) / (points - 1) : 0;
    const at = Array.from({ length: points }, (_, i) => (i === points - 1 ? to : from + i * step));
    const states = at.map((time) => this.stateAt(time).accounts);
    const drawn = this.stateAt(to).accounts.sort(
      (a, b) => b.at - a.at || (a.account_number < b.account_number ? -1 : 1),
    );
    const curve = (account: string, name: 'balance' | 'equity') =>
      states.map(
        (accounts) => accounts.find(({ account_number }) => account_number === account)?.[name] ?? null,
      );
    return {
      at,
      accounts: drawn.slice(0, curves_max).map(({ account_number, user_id }) => ({
        account_number,
        user_id,
        balance: curve(account_number, 'balance'),
        equity: curve(account_number, 'equity'),
      })),
      more: Math.max(0, drawn.length - curves_max),
    };
  }

  componentStatuses(range: TimeRange): ComponentStatuses[] {
    const { from, to } = range;
    const { first, last } = bucketsOf(range, hour_s);
    return this.stateAt(to)
      .components.filter(({ at }) => at >= from)
      .map(({ component, status, at }) => {
        const statuses: Record<string, number> = {};
        for (const event of this.#events) {
          if (event.event_type !== 'system_health' || text(event.data.component) !== component) continue;
          const hour = bucketOf(event.timestamp, hour_s);
          if (hour === null || hour < first || hour > last) continue;
          const said = text(event.data.status) ?? '';
          statuses[said] = (statuses[said] ?? 0) + 1;
        }
        return { component, statuses, last_status: status, last_at: at };
      });
  }

  signalStats(range: TimeRange): SignalStats {
    const { first, last } = bucketsOf(range, hour_s);
    const byId = new Map(this.#lives.map((life) => [life.signal_id, life]));
    const signals = [...byId.values()].flatMap((life) => {
      const hour = bucketOf(life.signal_at, hour_s);
      return hour !== null && hour >= first && hour <= last ? [{ life, hour }] : [];
    });
    const counts = (some: typeof signals) => ({
      signals: some.length,
      wins: some.filter(({ life }) => life.signal_won === 1).length,
      losses: some.filter(({ life }) => life.signal_won === 0).length,
    });
    const patterns = [...new Set(signals.map(({ life }) => life.pattern))].map((pattern) => {
      const some = signals.filter(({ life }) => life.pattern === pattern);
      const told = some.flatMap(({ life }) => inMillionths(life.confidence) ?? []);
      const sum = told.reduce((total, each) => total + each, 0);
      return {
        pattern,
        confidence: told.length === 0 ? null : sum / millionths / told.length,
        ...counts(some),
      };
    });
    const hours = [...new Set(signals.map(({ hour }) => ((hour % 24) + 24) % 24))].sort((a, b) => a - b);
    return {
      patterns: patterns.sort((a, b) => b.signals - a.signals || compareNames(a.pattern, b.pattern)),
      hours: hours.map((hour) => ({
        hour,
        ...counts(signals.filter((each) => ((each.hour % 24) + 24) % 24 === hour)),
      })),
    };
  }

  symbolStats(range: TimeRange): SymbolStats[] {
    const { first, last } = bucketsOf(range, day_s);
    const fires = this.#lives.filter(
      ({ fire_id, symbol, fired_at, executed_at, confirmed_at, outcome_at }) => {
        const day = bucketOf(fired_at ?? executed_at ?? confirmed_at ?? outcome_at, day_s);
        return fire_id !== null && symbol !== null && day !== null && day >= first && day <= last;
      },
    );
    const count = (some: readonly Lifecycle[], is: (life: Lifecycle) => boolean) => some.filter(is).length;
    return [...new Set(fires.map((life) => this.#symbolOfFire(life)))]
      .filter((symbol) => symbol !== null)
      .map((symbol): SymbolStats => {
        const some = fires.filter((life) => this.#symbolOfFire(life) === symbol);
        const told = some.flatMap(({ profit }) => inMillionths(profit) ?? []);
        return {
          symbol,
          fires: count(some, ({ fired_seq }) => fired_seq !== null),
          executed: count(some, ({ executed_seq }) => executed_seq !== null),
          closed: count(some, ({ outcome_seq }) => outcome_seq !== null),
          wins: count(some, ({ won }) => won === 1),
          losses: count(some, ({ won }) => won === 0),
          profit: told.length === 0 ? null : told.reduce((total, each) => total + each, 0) / millionths,
        };
      })
      .sort((a, b) => b.fires - a.fires || compareNames(a.symbol, b.symbol));
  }

  volume(query: VolumeQuery): VolumeStats {
    const step_s = stepOf(query);
    const rows = this.#events.map(({ event_type, timestamp }) => {
      return { step: Math.floor(timestamp / step_s), type: event_type, rows: 1 };
    });
    const [first, last] = [Math.floor(query.from / step_s), Math.floor(query.to / step_s)];
    return volumeOf(
      query,
      rows.filter(({ step }) => step >= first && step <= last),
    );
  }

  /** What its own events say: a life also shows the symbol of its signal. */
  #symbolOfFire({ fire_id }: Lifecycle): string | null {
    for (const event of this.#events) {
      const hop = hopOf(event, event.id, event.timestamp);
      if (hop?.of === 'fire' && hop.fire_id === fire_id && hop.said.symbol !== null) return hop.said.symbol;
    }
    return null;
  }

  /** The last event of a type for each of its names, up to an instant; by name. */
  #lastOf(
    type: string,
    at: number,
    nameOf: (event: StoredEvent) => string | null,
  ): Array<[name: string, event: StoredEvent]> {
    const last = new Map<string, StoredEvent>();
    for (const event of this.#events) {
      if (event.event_type !== type || event.timestamp > at) continue;
      const name = nameOf(event);
      if (name === null) continue;
      const known = last.get(name);
      if (known === undefined || compareNewest(of(event), of(known)) < 0) last.set(name, event);
    }
    return [...last].sort(([a], [b]) => compareNames(a, b));
  }
}

function of({ timestamp, id }: StoredEvent) {
  return { timestamp, seq: id };
}

/** As SQLite orders: nothing first, then by bytes. */
function compareNames(a: string | null, b: string | null): number {
  if (a === b) return 0;
  return a === null || (b !== null && a < b) ? -1 : 1;
}

function seqsOf(life: Lifecycle): Array<number | null> {
  return [
    life.signal_seq,
    life.expired_seq,
    life.signal_outcome_seq,
    life.confirmed_seq,
    life.outcome_seq,
    life.fired_seq,
    life.executed_seq,
  ];
}

function passes(event: StoredEvent, search: EventSearch): boolean {
  const { types, symbols, users, sources, correlation, text: wanted, from, to } = search;
  const json = JSON.stringify(event.data).toLowerCase();
  return (
    (types?.includes(event.event_type) ?? true) &&
    (symbols?.includes(symbolOf(event.data) ?? '') ?? true) &&
    (users?.includes(event.user_id ?? '') ?? true) &&
    (sources?.includes(event.source) ?? true) &&
    (correlation === undefined || event.correlation_id === correlation) &&
    (wanted === undefined || json.includes(wanted.toLowerCase())) &&
    (from === undefined || event.timestamp >= from) &&
    (to === undefined || event.timestamp <= to)
  );
}
