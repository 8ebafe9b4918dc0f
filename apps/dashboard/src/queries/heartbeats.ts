import Database from 'better-sqlite3';

/** What a component said of itself last, and how regularly. */
export interface Heartbeat {
  component: string;
  status: string;
  /** When the bus appended it, Unix seconds. */
  at: number;
  message: string | null;
  /** Seconds between its last heartbeats, the median; null where it has said so only once. */
  interval_s: number | null;
}

/** A publisher chooses the names: beyond these nobody looks at a page of them. */
const components_max = 200;
const statuses_max = 20;
const recent = 6;

interface Said {
  status: string;
  at: number;
  message: string | null;
}

/** The last heartbeats of every component, by index alone: however much is stored, it reads a few rows of each. */
export function heartbeatsIn(file: string): Heartbeat[] {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const nextComponent = db.prepare('SELECT MIN(component) FROM health_events WHERE component > ?').pluck();
    const nextStatus = db
      .prepare('SELECT MIN(status) FROM health_events WHERE component = ? AND status > ?')
      .pluck();
    const newest = db.prepare(`SELECT status, created_at AS at, message FROM health_events
      WHERE component = ? AND status = ? ORDER BY created_at DESC LIMIT ${recent}`);
    const heartbeats: Heartbeat[] = [];
    for (
      let component = nextComponent.get('');
      typeof component === 'string' && heartbeats.length < components_max;
      component = nextComponent.get(component)
    ) {
      const said: Said[] = [];
      let status = nextStatus.get(component, '');
      for (let count = 0; typeof status === 'string' && count < statuses_max; count += 1) {
        said.push(...(newest.all(component, status) as Said[]));
        status = nextStatus.get(component, status);
      }
      const heartbeat = heartbeatOf(component, said);
      if (heartbeat !== null) heartbeats.push(heartbeat);
    }
    return heartbeats;
  } finally {
    db.close();
  }
}

function heartbeatOf(component: string, said: Said[]): Heartbeat | null {
  const newest = said.sort((a, b) => b.at - a.at).slice(0, recent);
  const [last] = newest;
  if (last === undefined) return null;
  const gaps = newest.slice(1).map(({ at }, n) => newest[n]!.at - at);
  gaps.sort((a, b) => a - b);
  return { component, ...last, interval_s: gaps[Math.floor(gaps.length / 2)] ?? null };
}
