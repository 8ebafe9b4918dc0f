import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError } from '@bitten/runtime';
import { BittenError } from '@bitten/schema';
import { storeFile } from '@bitten/vitals';
import { amount } from '../../show/amount.js';
import { askBus } from '../bus.js';
import type { Facts } from '../facts.js';
import { type Finding, ok, warning, wrong } from '../finding.js';

const start = 'pnpm --filter apps/collector start';

/** The collector and its store: whether it runs, whether the store is of this log, and whether it follows. */
export async function lookAtCollector(facts: Facts): Promise<Finding[]> {
  const file = facts.settings.storeFile ?? join(facts.settings.dataDir, storeFile);
  return [lookAtProcess(facts), ...(await lookAtStore(facts, file))];
}

function lookAtProcess({ holders, now }: Facts): Finding {
  const held = holders.collector;
  if (held === null) return wrong('collector', 'none runs: nothing new comes into the store', start);
  const { pid, host, started_at } = held.holder;
  switch (held.liveness) {
    case 'alive':
      return ok(
        'collector',
        `process ${pid}, since ${started_at}${isFresh(started_at, now) ? ', just started' : ''}`,
      );
    case 'dead':
      return wrong('collector', `process ${pid} has ended without an orderly stop`, start);
    case 'unknown': {
      const text = `process ${pid} on ${host} holds the store, and cannot be seen from here`;
      return warning('collector', text, 'look there; if it does not run any more, delete collector.lock');
    }
  }
}

/** It may not have had the time to follow yet. */
function isFresh(started_at: string, now: number): boolean {
  return now - Date.parse(started_at) / 1000 < 5;
}

async function lookAtStore(facts: Facts, file: string): Promise<Finding[]> {
  if (!existsSync(file)) {
    return [warning('store', `there is none at ${file}`, `start the collector, which makes it: ${start}`)];
  }
  try {
    // Only now: without its native module all else is still looked at.
    const { openStore } = await import('@bitten/storage/store');
    const store = openStore({ file, readonly: true });
    try {
      const id = store.logId;
      const foreign = lookAtIdentity(facts, id, file);
      if (foreign !== null) return [foreign];
      return [ok('store', file), await lookAtLag(facts, () => store.cursor('events'))];
    } finally {
      store.close();
    }
  } catch (error) {
    facts.signal.throwIfAborted();
    const remedy = error instanceof BittenError ? error.remedy : undefined;
    const text = error instanceof BittenError ? error.message : describeError(error);
    return [wrong('store', text, remedy ?? 'bitten verify --store')];
  }
}

/** A store of another log holds other events under the same numbers: the collector refuses it. */
function lookAtIdentity({ bus, log }: Facts, id: string | null, file: string): Finding | null {
  const expected = bus.state === 'answers' ? bus.log_id : log.state === 'there' ? log.id : null;
  if (id === null || expected === null || id === expected) return null;
  const text = `${file} is of another log (${id}), and the collector refuses it`;
  return wrong(
    'store',
    text,
    'put the right one back; or move this one away and let the collector make it anew',
  );
}

/** Where the log ends now, as far as the bus tells. */
async function endNow({ settings, signal }: Facts, known: number): Promise<number> {
  const bus = await askBus(settings, signal);
  return bus.state === 'answers' ? bus.stats.log.next : known;
}

const patience_ms = 2_000;
const look_ms = 100;
/** Up to here it is what is on its way. */
const behind_max = 10_000;

/** Whether the store comes to hold what the log held at the first look, or at least moves. */
async function lookAtLag(facts: Facts, cursor: () => number): Promise<Finding> {
  const { bus, log, holders, signal } = facts;
  const known = bus.state === 'answers' ? bus.stats.log.next : log.state === 'there' ? log.next : null;
  const first = cursor();
  // The bus was asked before the store: what was published in between is in both, and in neither's first answer.
  const end = known !== null && known < first ? await endNow(facts, known) : known;
  if (end === null) return ok('store', `next to apply ${amount(first)}`);
  const behind = () => end - cursor();
  if (end < first) {
    const text = `is ahead of the log, which ends at ${amount(end)}: the log has lost events, or is an older copy`;
    return wrong('store', text, 'restore the log from a backup; bitten verify says more');
  }
  const isAtWork = holders.collector?.liveness === 'alive' && bus.state === 'answers';
  const until = performance.now() + (isAtWork ? patience_ms : 0);
  while (behind() > 0 && performance.now() < until) await sleep(look_ms, undefined, { signal });
  const lag = Math.max(0, behind());
  if (lag === 0) return ok('store', `holds all events up to ${amount(end - 1)}`);
  const text = `is ${amount(lag)} events behind the log`;
  if (!isAtWork) return warning('store', text, 'it catches up when bus and collector run');
  if (cursor() === first) {
    return wrong('store', `${text}, and does not move`, 'look into the log of the collector; restart it');
  }
  return lag > behind_max
    ? warning('store', `${text}, and catches up`, 'wait: bitten stats --watch 2s')
    : ok('store', text);
}
