import type { SessionRow } from '../api/index.js';

/** What became of the signals that came in within one hour of the day, UTC. */
export interface HourTally {
  /** 0 to 23. */
  hour: number;
  signals: number;
  wins: number;
  losses: number;
}

/** Where each session begins, UTC; Asia goes over midnight. */
const begins = { london: 7, new_york: 13, asia: 22 } as const;

/** The sums of the hours of each session. */
export function sessionsOf(hours: readonly HourTally[]): SessionRow[] {
  const rows: Record<SessionRow['session'], SessionRow> = {
    asia: emptyRow('asia'),
    london: emptyRow('london'),
    new_york: emptyRow('new_york'),
  };
  for (const { hour, signals, wins, losses } of hours) {
    const row = rows[sessionAt(hour)];
    row.signals += signals;
    row.wins += wins;
    row.losses += losses;
  }
  return Object.values(rows).map((row) => ({ ...row, win_rate: winRate(row) }));
}

/** The session an hour of the day (UTC) belongs to. */
export function sessionAt(hour: number): SessionRow['session'] {
  if (hour >= begins.london && hour < begins.new_york) return 'london';
  return hour >= begins.new_york && hour < begins.asia ? 'new_york' : 'asia';
}

/** 0 to 1; null where nothing has an outcome. */
export function winRate({ wins, losses }: { wins: number; losses: number }): number | null {
  return wins + losses === 0 ? null : wins / (wins + losses);
}

function emptyRow(session: SessionRow['session']): SessionRow {
  return { session, signals: 0, wins: 0, losses: 0, win_rate: null };
}
