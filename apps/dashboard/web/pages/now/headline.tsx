import type { Now } from '../../../src/api/index.js';
import { hrefOf } from '../../shell/router.js';
import type { Tone } from '../../ui/badge.js';
import { Figure, Figures } from '../../ui/figure.js';
import { bytes, count, counted, duration } from '../../ui/format.js';

const lag_warn = 10_000;

/** The figures one looks for first. */
export function Headline({ now }: { now: Now }) {
  const { bus, store, latency, dead_letters, alerts } = now;
  const rate = Object.values(now.rates).reduce((sum, each) => sum + each, 0);
  const lag = store.up ? store.lag_events : null;
  return (
    <Figures>
      <Figure
        label="Bus"
        tone={bus.up && bus.unavailable === null ? 'ok' : 'bad'}
        value={bus.up ? (bus.unavailable === null ? 'up' : 'cannot write') : 'away'}
        note={bus.up ? `for ${duration(Math.round(bus.uptime_s))}` : bus.why}
      />
      <Figure
        label="Events a second"
        value={bus.up ? count(rate) : '–'}
        note={bus.up ? `${count(bus.next - bus.first)} in the log` : undefined}
      />
      <Figure
        label="Published to stored"
        value={latency === null ? '–' : duration(latency.p50_ms / 1000)}
        note={latency === null ? 'nothing in the last minute' : `99 %: ${duration(latency.p99_ms / 1000)}`}
      />
      <Figure
        label="Log"
        value={bus.up ? bytes(bus.log_bytes) : '–'}
        note={
          bus.up
            ? `fsync ${duration(bus.fsync_p50_ms / 1000)}, 99 %: ${duration(bus.fsync_p99_ms / 1000)}`
            : undefined
        }
      />
      <Figure
        label="Store"
        tone={lag === null ? undefined : lag > lag_warn ? 'warn' : 'ok'}
        value={store.up ? bytes(store.bytes) : 'away'}
        note={
          store.up
            ? lag === null || lag === 0
              ? `${count(store.rows)} rows`
              : `${counted(lag, 'event')} behind`
            : store.why
        }
      />
      <Figure
        label="Dead letters open"
        tone={dead_letters.open > 0 ? 'warn' : 'ok'}
        value={<a href={hrefOf('dead-letters')}>{count(dead_letters.open)}</a>}
        note={`of ${count(dead_letters.total)}`}
      />
      <Figure label="Alerts open" {...alertsOf(alerts)} />
    </Figures>
  );
}

function alertsOf(alerts: Now['alerts']): { tone?: Tone; value: preact.ComponentChildren; note: string } {
  if (alerts === null) return { value: '–', note: 'have never run here' };
  const value = <a href={hrefOf('alerts')}>{count(alerts.open)}</a>;
  if (!alerts.running) return { tone: 'bad', value, note: 'the alerts do not run' };
  const tone: Tone = alerts.critical > 0 ? 'bad' : alerts.open > 0 ? 'warn' : 'ok';
  const waiting = alerts.waiting_deliveries;
  if (waiting > 0) return { tone, value, note: `${count(waiting)} wait to be delivered` };
  return { tone, value, note: alerts.critical > 0 ? `${count(alerts.critical)} critical` : 'none critical' };
}
