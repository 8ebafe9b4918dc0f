import { formatDuration } from '../../time.js';
import type { Facts, Holder } from '../facts.js';
import { type Finding, ok, warning, wrong } from '../finding.js';

const start = 'pnpm --filter apps/bus start';

/** The bus: whether it runs and answers, whether it is the bus of this data folder, and whether it can write. */
export function lookAtBus(facts: Facts): Finding[] {
  const { bus, settings } = facts;
  const at = `${settings.host}:${settings.ports.bus}`;
  switch (bus.state) {
    case 'answers':
      return [
        ok(
          'bus',
          `${runs(facts.holders.bus)}${bus.server} at ${at}, up ${formatDuration(bus.stats.uptime_s)}`,
        ),
        ...lookAtIdentity(facts, bus.log_id),
        lookAtWriting(facts, bus.stats.unavailable ?? null),
        ...lookAtVersion(facts, bus.server),
      ];
    case 'silent':
      return [lookAtSilence(facts, { at, why: bus.why, shutOut: bus.shutOut }), ...lookAtLogFiles(facts)];
    case 'nobody':
      return [lookAtAbsence(facts, at), ...lookAtLogFiles(facts)];
  }
}

function runs(held: Holder): string {
  return held?.liveness === 'alive' ? `process ${held.holder.pid}, ` : '';
}

function lookAtIdentity({ log, settings, holders }: Facts, answered: string): Finding[] {
  if (log.state !== 'there' || log.id === null) {
    const text = `the bus that answers does not keep its log in ${settings.dataDir}`;
    return [wrong('log', text, 'say where it is: --data-dir; or name the right bus: --bus-port')];
  }
  if (log.id === answered) return [ok('log', `is that of this data folder (${answered})`)];
  const own =
    holders.bus?.liveness === 'alive' ? `; that of this folder is process ${holders.bus.holder.pid}` : '';
  const text = `another bus answers: its log is ${answered}, the one of this folder is ${log.id}${own}`;
  return [
    wrong('log', text, 'name the right bus (--bus-port) or its folder (--data-dir): bitten config show'),
  ];
}

function lookAtWriting({ now }: Facts, unavailable: { since: number; why: string } | null): Finding {
  if (unavailable === null) return ok('log', 'can be written');
  const since = formatDuration(Math.max(0, now - unavailable.since));
  const text = `cannot be written for ${since}: ${unavailable.why}`;
  return wrong(
    'log',
    text,
    'mend the disk or make room; the bus goes on by itself, publishers keep their events',
  );
}

/** After an update the old program goes on until it is started again. */
function lookAtVersion({ version }: Facts, server: string): Finding[] {
  const running = server.slice(server.indexOf('/') + 1);
  if (running === version) return [];
  return [warning('bus', `runs version ${running}, and this is ${version}`, 'restart the bus')];
}

function lookAtSilence(
  { holders, listeners, settings }: Facts,
  { at, why, shutOut }: { at: string; why: string; shutOut: boolean },
): Finding {
  const held = holders.bus?.liveness === 'alive' ? holders.bus.holder : null;
  const listener = listeners.get(settings.ports.bus);
  if (listener?.pid != null && listener.pid !== held?.pid) {
    const who = `process ${listener.pid} (${listener.command ?? 'unknown'})`;
    const text = `${at} is taken by another program: ${who}`;
    return wrong('bus', text, `end that program, or let the bus have another port: --bus-port`);
  }
  if (settings.curve && settings.keyFile === null) {
    const text = `wants keys at ${at}, and this command has none to show`;
    return wrong('bus', text, 'bitten keys client bitten; then --key-file FILE, or BITTEN_KEY_FILE');
  }
  if (shutOut) return wrong('bus', why, 'bitten keys list');
  if (held !== null) {
    const text = `process ${held.pid} runs since ${held.started_at} and does not answer at ${at}`;
    return wrong('bus', text, `look into its log; if it hangs: kill ${held.pid}, and ${start}`);
  }
  const text = `something listens at ${at} and does not answer as a bus (${why})`;
  return wrong('bus', text, 'end that program, or name the right port: --bus-port');
}

function lookAtAbsence({ holders }: Facts, at: string): Finding {
  const held = holders.bus;
  if (held === null) return wrong('bus', `none runs: nobody listens at ${at}`, start);
  const { pid, host, started_at } = held.holder;
  switch (held.liveness) {
    case 'alive': {
      const text = `process ${pid} runs since ${started_at}, and nobody listens at ${at}`;
      return wrong('bus', text, 'it may still be starting, or have another port: bitten config show bus');
    }
    case 'dead': {
      const text = `process ${pid} has ended without an orderly stop (killed, or out of memory)`;
      return wrong('bus', text, `${start}    (what it had acknowledged is there)`);
    }
    case 'unknown': {
      const text = `process ${pid} on ${host} holds the folder, and cannot be seen from here`;
      return wrong('bus', text, `look there; if it does not run any more, delete bus.lock, and ${start}`);
    }
  }
}

/** Where the bus cannot be asked, its files are. */
function lookAtLogFiles({ log, settings }: Facts): Finding[] {
  if (log.state === 'none') return [ok('log', `none yet in ${settings.dataDir}`)];
  if (log.state === 'unreadable') return [wrong('log', log.why, 'bitten verify --log')];
  const [damage] = log.damage;
  if (damage !== undefined) return [wrong('log', damage, 'bitten verify --log')];
  return [ok('log', `${log.id ?? ''}, its newest segment is whole; next seq ${log.next ?? 1}`)];
}
