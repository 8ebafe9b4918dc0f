/** The days of a week as rule files write them, Sunday first. */
export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof weekdays)[number];

/** Times of the week at which a rule holds, on the clock of a zone, summer time and all. */
export interface Schedule {
  /** An IANA name: `Europe/London`. */
  zone: string;
  /** In minutes of the week from Sunday 00:00; `to` is not part of it, and may be smaller than `from`. */
  spans: ReadonlyArray<{ from: number; to: number }>;
}

const minutesPerDay = 1_440;
const minutesPerWeek = 7 * minutesPerDay;

/**
 * When currencies are traded: from Sunday 17:00 to Friday 17:00 in New York, where the trading day of this market
 * turns by convention.
 */
export const marketHours: Schedule = {
  zone: 'America/New_York',
  spans: [{ from: 17 * 60, to: 5 * minutesPerDay + 17 * 60 }],
};

/** A span of the day on some days; one that ends before it begins ends on the next day. */
export function dailySchedule(day: {
  zone: string;
  days: readonly Weekday[];
  from_min: number;
  to_min: number;
}): Schedule {
  const length = (day.to_min - day.from_min + minutesPerDay) % minutesPerDay || minutesPerDay;
  const spans = day.days.map((name) => {
    const from = weekdays.indexOf(name) * minutesPerDay + day.from_min;
    return { from, to: (from + length) % minutesPerWeek };
  });
  return { zone: day.zone, spans };
}

/** Whether such a zone is known here. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Since when, Unix seconds, the schedule has been open at this moment; null where it is closed. */
export function openSince(schedule: Schedule, at: number): number | null {
  const now = minuteOfWeek(schedule.zone, at);
  let since: number | null = null;
  for (const { from, to } of schedule.spans) {
    const length = (to - from + minutesPerWeek) % minutesPerWeek || minutesPerWeek;
    const into = (now - from + minutesPerWeek) % minutesPerWeek;
    if (into >= length) continue;
    const opened = at - into * 60;
    if (since === null || opened < since) since = opened;
  }
  return since;
}

const formats = new Map<string, Intl.DateTimeFormat>();
/** The minute that was asked about last in each zone: the calendar is slow, and events come thousands a minute. */
const asked = new Map<string, { minute: number; ofWeek: number }>();

/** With its seconds as a fraction. Every zone of today is whole minutes from UTC. */
function minuteOfWeek(zone: string, at: number): number {
  const minute = Math.floor(at / 60);
  let known = asked.get(zone);
  if (known?.minute !== minute) {
    known = { minute, ofWeek: askCalendar(zone, minute * 60) };
    asked.set(zone, known);
  }
  return known.ofWeek + (at - minute * 60) / 60;
}

function askCalendar(zone: string, at: number): number {
  let format = formats.get(zone);
  if (format === undefined) {
    const options = { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit' } as const;
    format = new Intl.DateTimeFormat('en-US', { ...options, hourCycle: 'h23' });
    formats.set(zone, format);
  }
  const parts = new Map(format.formatToParts(at * 1_000).map(({ type, value }) => [type, value]));
  const day = weekdays.indexOf(parts.get('weekday')!.toLowerCase() as Weekday);
  return day * minutesPerDay + Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
}
