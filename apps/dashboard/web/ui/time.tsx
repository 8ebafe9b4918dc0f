import { ago, clock, dateTime, zone } from './format.js';

/** A moment: its local time, and all of it for who points at it. */
export function Time({ at, form = 'full' }: { at: number | null; form?: 'full' | 'clock' | 'ago' }) {
  if (at === null) return <span class="quiet">–</span>;
  const exact = `${dateTime(at, { milliseconds: true })} ${zone()}`;
  const iso = Number.isFinite(at) && Math.abs(at) < 8.64e12 ? new Date(at * 1000).toISOString() : undefined;
  const text = form === 'ago' ? ago(at) : form === 'clock' ? clock(at) : dateTime(at);
  return (
    <time dateTime={iso} title={exact}>
      {text}
    </time>
  );
}
