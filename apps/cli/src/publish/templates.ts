import { randomUUID } from 'node:crypto';

/** What stands for a template; `count` is the number of this event among those of the command, from 1. */
export interface TemplateValues {
  count: number;
  /** Unix seconds. */
  now: number;
}

/**
 * Fills in `{{Count}}`, `{{Time}}` (ISO 8601), `{{Unix}}` (Unix seconds) and `{{ID}}` (another one each time).
 * Anything else in double braces stays as it is: it may belong to the text.
 */
export function fillIn(text: string, { count, now }: TemplateValues): string {
  if (!text.includes('{{')) return text;
  return text.replaceAll(/\{\{\s*(Count|Time|Unix|ID)\s*\}\}/gi, (_, name: string) => {
    switch (name.toLowerCase()) {
      case 'count':
        return String(count);
      case 'time':
        return new Date(now * 1000).toISOString();
      case 'unix':
        return String(now);
      default:
        return randomUUID();
    }
  });
}
