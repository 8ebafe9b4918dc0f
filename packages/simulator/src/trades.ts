import type { Envelope } from '@bitten/schema';
import type { Account } from './accounts.js';
import type { Signal } from './signals.js';
import type { Stage } from './stage.js';

/** One user's order on a signal, from the fire to the outcome. */
export interface Trade {
  fire_id: string;
  signal: Signal;
  account: Account;
  lots: number;
  fired_at: number;
  ticket: number;
  /** In points; 0 until it is executed. */
  open: number;
  state: 'fired' | 'executed' | 'confirmed' | 'closed';
}

/** Whether an order is still on its way. */
export function isWorking(trade: Trade): boolean {
  return trade.state === 'fired' || trade.state === 'executed';
}

/** Users and the broker between them: who fires on a signal, and what becomes of it. */
export class Desk {
  readonly #stage: Stage;
  /** A broker's number space; tickets of different runs start at different places. */
  readonly #firstTicket: number;

  constructor(stage: Stage, firstTicket: number) {
    this.#stage = stage;
    this.#firstTicket = firstTicket;
  }

  /** A user has seen a signal and will fire on it, unless it has ended or the account is too small by then. */
  consider(account: Account, signal: Signal): void {
    const { random } = this.#stage;
    const delay_slots = random.integer(5, 150);
    if (account.mode !== 'AUTO') this.#stage.plan(delay_slots, () => this.#click(account, signal));
    this.#stage.plan(delay_slots + 1, () => this.#fire(account, signal));
  }

  #click(account: Account, signal: Signal): Envelope | undefined {
    if (signal.has_ended) return undefined;
    return this.#stage.event({
      event_type: 'user_action',
      source: 'webapp',
      user_id: account.user_id,
      session_id: account.session_id,
      data: { user_id: account.user_id, action: 'fire_clicked', details: { signal_id: signal.id } },
    });
  }

  #fire(account: Account, signal: Signal): Envelope | undefined {
    const { random, time } = this.#stage;
    const lots = random.pick([0.01, 0.05, 0.1, 0.1, 0.2, 0.5]);
    if (signal.has_ended || !account.canOpen(lots)) return undefined;
    account.open(lots);
    const fire_id = this.#stage.name('FIRE');
    const trade: Trade = {
      fire_id,
      signal,
      account,
      lots,
      fired_at: time,
      ticket: 0,
      open: 0,
      state: 'fired',
    };
    signal.trades.push(trade);
    this.#stage.plan(random.integer(1, 4), () => this.#execute(trade));
    const { price, direction } = signal;
    return this.#stage.event({
      event_type: 'fire_command',
      source: 'webapp',
      correlation_id: fire_id,
      user_id: account.user_id,
      session_id: account.session_id,
      data: {
        fire_id,
        signal_id: signal.id,
        user_id: account.user_id,
        symbol: price.spec.symbol,
        direction,
        lot_size: lots,
        sl_price: price.toPrice(signal.stop),
        tp_price: price.toPrice(signal.target),
        execution_mode: account.mode,
      },
    });
  }

  #execute(trade: Trade): Envelope {
    const { random, time } = this.#stage;
    const { price, direction } = trade.signal;
    const sign = direction === 'BUY' ? 1 : -1;
    // Slippage is counted against the trader: a negative one was luck.
    const slippage = random.integer(-2, 5);
    trade.open = (direction === 'BUY' ? price.ask : price.bid) + sign * slippage;
    trade.ticket = this.#firstTicket + this.#stage.count('ticket');
    trade.state = 'executed';
    this.#stage.plan(1, () => this.#confirm(trade));
    const data = {
      fire_id: trade.fire_id,
      signal_id: trade.signal.id,
      ticket: trade.ticket,
      symbol: price.spec.symbol,
      direction,
      volume: trade.lots,
      open_price: price.toPrice(trade.open),
      sl_price: price.toPrice(trade.signal.stop),
      tp_price: price.toPrice(trade.signal.target),
      execution_time: time,
      slippage_pips: price.toPips(slippage),
      latency_ms: Math.round((time - trade.fired_at) * 1e6) / 1e3,
    };
    return this.#ofTrade(trade, { event_type: 'trade_executed', data });
  }

  #confirm(trade: Trade): Envelope {
    const { price, direction } = trade.signal;
    trade.state = 'confirmed';
    const data = {
      fire_id: trade.fire_id,
      signal_id: trade.signal.id,
      status: 'FILLED',
      ticket: trade.ticket,
      price: price.toPrice(trade.open),
      volume: trade.lots,
      symbol: price.spec.symbol,
      direction,
      timestamp: this.#stage.time,
    };
    return this.#ofTrade(trade, { event_type: 'trade_confirmed', data });
  }

  /** Closes a trade at a price in points; its outcome and the account's new balance follow at once. */
  close(trade: Trade, outcome: 'TP_HIT' | 'SL_HIT' | 'CLOSED', exit: number): void {
    this.#stage.plan(0, () => this.#outcome(trade, outcome, exit));
    this.#stage.plan(0, () => this.#balance(trade));
  }

  #outcome(trade: Trade, outcome: 'TP_HIT' | 'SL_HIT' | 'CLOSED', exit: number): Envelope {
    const { price, direction, id } = trade.signal;
    const pips = price.toPips((direction === 'BUY' ? 1 : -1) * (exit - trade.open));
    trade.state = 'closed';
    const data = {
      fire_id: trade.fire_id,
      signal_id: id,
      outcome,
      status: 'CLOSED',
      profit: trade.account.close(trade.lots, pips),
      pips,
      close_price: price.toPrice(exit),
      timestamp: this.#stage.time,
    };
    return this.#ofTrade(trade, { event_type: 'trade_outcome', data });
  }

  #balance(trade: Trade): Envelope {
    const { user_id, account_number } = trade.account;
    const data = { user_id, account_number, ...trade.account.report() };
    return this.#ofTrade(trade, { event_type: 'balance_update', data });
  }

  /** What the broker's adapter says of a trade: all of it carries the fire's id. */
  #ofTrade(trade: Trade, event: BrokerEvent): Envelope {
    const { fire_id, account } = trade;
    return this.#stage.event({
      ...event,
      source: 'mt5_adapter',
      correlation_id: fire_id,
      user_id: account.user_id,
    });
  }
}

type BrokerType = 'trade_executed' | 'trade_confirmed' | 'trade_outcome' | 'balance_update';
type BrokerEvent = Pick<Parameters<typeof Stage.prototype.event<BrokerType>>[0], 'event_type' | 'data'>;
