import type { Change, State, StateDiff } from '../api/index.js';

type Trade = State['open_trades'][number];

/** What is different in the later of two states; `events` counts what lies between them. */
export function diffStates(before: State, after: State, events: Record<string, number>): StateDiff {
  const trades = diffTrades(before, after);
  return {
    from: before.at,
    to: after.at,
    accounts: diffAccounts(before, after),
    ...trades,
    quotes: diffQuotes(before, after),
    components: diffComponents(before, after),
    events,
  };
}

function diffAccounts(before: State, after: State): StateDiff['accounts'] {
  const pairs = paired(before.accounts, after.accounts, ({ account_number }) => account_number);
  return pairs.flatMap(([account_number, was, is]) => {
    const balance = changed(was?.balance ?? null, is?.balance ?? null);
    const equity = changed(was?.equity ?? null, is?.equity ?? null);
    if (!differs(balance) && !differs(equity)) return [];
    return [{ account_number, user_id: (is ?? was)?.user_id ?? null, balance, equity }];
  });
}

/**
 * Trades are told apart by their fire. A state lists the newest 500: where it has more, one that is not listed later
 * may be closed, or be among those not listed, and then nothing is said of it.
 */
function diffTrades(before: State, after: State): Pick<StateDiff, 'opened' | 'closed' | 'trades_cut'> {
  const was = new Set(before.open_trades.map(({ fire_id }) => fire_id));
  const is = new Set(after.open_trades.map(({ fire_id }) => fire_id));
  const opened = after.open_trades.filter(
    (trade) => !was.has(trade.fire_id) && (!isCut(before) || trade.opened_at > before.at),
  );
  const isListed = listedIn(after);
  const closed = before.open_trades.filter((trade) => !is.has(trade.fire_id) && isListed(trade));
  return { opened, closed, trades_cut: isCut(before) || isCut(after) };
}

function isCut({ open_trades, open_trades_total }: State): boolean {
  return open_trades_total > open_trades.length;
}

/** Says of a trade whether a state would list it if it were open. */
function listedIn(state: State): (trade: Trade) => boolean {
  const oldest = state.open_trades.at(-1);
  if (!isCut(state) || oldest === undefined) return () => true;
  return ({ opened_at }) => opened_at > oldest.opened_at;
}

function diffQuotes(before: State, after: State): StateDiff['quotes'] {
  return paired(before.quotes, after.quotes, ({ symbol }) => symbol).flatMap(([symbol, was, is]) => {
    const bid = changed(was?.bid ?? null, is?.bid ?? null);
    const ask = changed(was?.ask ?? null, is?.ask ?? null);
    return differs(bid) || differs(ask) ? [{ symbol, bid, ask }] : [];
  });
}

function diffComponents(before: State, after: State): StateDiff['components'] {
  const pairs = paired(before.components, after.components, ({ component }) => component);
  return pairs.flatMap(([component, was, is]) => {
    const status = changed(was?.status ?? null, is?.status ?? null);
    return differs(status) ? [{ component, status }] : [];
  });
}

/** The items of both by their key, in the order of the keys; undefined where one side has none. */
function paired<Item>(
  before: readonly Item[],
  after: readonly Item[],
  keyOf: (item: Item) => string,
): Array<[key: string, was: Item | undefined, is: Item | undefined]> {
  const was = new Map(before.map((item) => [keyOf(item), item]));
  const is = new Map(after.map((item) => [keyOf(item), item]));
  const keys = [...new Set([...was.keys(), ...is.keys()])].sort();
  return keys.map((key) => [key, was.get(key), is.get(key)]);
}

function changed<Value>(before: Value, after: Value): Change<Value> {
  return { before, after };
}

function differs({ before, after }: Change<unknown>): boolean {
  return before !== after;
}
