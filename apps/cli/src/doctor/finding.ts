/** How a finding is to be taken: `warning` works today, `wrong` does not, or loses something. */
export type Level = 'ok' | 'warning' | 'wrong';

/** One thing that was looked at. */
export interface Finding {
  level: Level;
  /** What it is about, in a word or two: `bus`, `data folder`. */
  about: string;
  /** What was found, in one line. */
  text: string;
  /** What to do, a command where there is one; null where nothing has to be done. */
  remedy: string | null;
}

/** What each look is: it asks, it changes nothing, and it says what it found. */
export type Look<Facts> = (facts: Facts) => Finding[] | Promise<Finding[]>;

export function ok(about: string, text: string): Finding {
  return { level: 'ok', about, text, remedy: null };
}

export function warning(about: string, text: string, remedy: string): Finding {
  return { level: 'warning', about, text, remedy };
}

export function wrong(about: string, text: string, remedy: string): Finding {
  return { level: 'wrong', about, text, remedy };
}
