import { type Alert, AlertEngine, type Rule, type SeenEvent } from '@bitten/alerts';
import type { BusLink } from '@bitten/client';
import { follow, type LoggedText } from '@bitten/client';
import type { Envelope } from '@bitten/schema';
import type { Position } from '@bitten/transport';

export interface WatchOptions {
  link: BusLink;
  rules: readonly Rule[];
  from: Position;
  /** Whose time counts: the bus's, or that which events say of themselves, as imported ones do. */
  clock: 'appended' | 'own';
  /** Go on with what comes, by the clock of this machine, instead of stopping where the log ends now. */
  isFollowing: boolean;
  onAlert: (alert: Alert) => void;
  onGap: (gap: { from: number; to: number; why: string }) => void;
  signal: AbortSignal;
}

/** How often the time is looked at where no events come. */
const tick_ms = 250;

/** Runs rules over the log; resolves with how many events they looked at. */
export async function watchLog(options: WatchOptions): Promise<number> {
  const { link, rules, from, clock, isFollowing, onAlert, onGap, signal } = options;
  let engine: AlertEngine | undefined;
  let seen = 0;
  const start = (at: number) => {
    engine = new AlertEngine(rules, { startedAt: at });
    return engine;
  };
  const tell = (alerts: readonly Alert[]) => {
    for (const alert of alerts) onAlert(alert);
  };
  const tick = isFollowing
    ? setInterval(() => tell(engine?.pass(Date.now() / 1000) ?? []), tick_ms)
    : undefined;
  if (isFollowing && from === 'end') start(Date.now() / 1000);
  try {
    const types = new AlertEngine(rules, { startedAt: 0 }).types;
    const pages = follow({ link, from, filter: { types }, stopAtEnd: !isFollowing, onGap, signal });
    for await (const page of pages) {
      for (const event of page.map(readEvent)) {
        // The bus's own heartbeats tell of now, whatever was imported between them.
        if (clock === 'own' && event.source === 'event_bus') continue;
        const at = clock === 'own' ? event.timestamp : event.appended_at;
        // What is missed is missed from the first event on: before it, nobody knows who was there.
        tell((engine ?? start(at)).see(event, at));
        seen += 1;
      }
    }
  } finally {
    clearInterval(tick);
  }
  return seen;
}

function readEvent({ seq, appendedAt, text }: LoggedText): SeenEvent {
  return { ...(JSON.parse(text) as Envelope), seq, appended_at: appendedAt };
}
