import type { EventRow, EventWhole } from '../api/index.js';
import { shellWord } from '../bus/command-flags.js';

/** How to look at an event, and publish its like again, from a shell. `flags` say where the bus is. */
export function commandsFor(
  event: EventRow,
  { flags, origin }: { flags: string; origin: string },
): EventWhole['commands'] {
  const bitten = flags === '' ? 'bitten' : `bitten ${flags}`;
  const options = [
    ['--source', event.source],
    ['--user', event.user_id],
    ['--session', event.session_id],
    ['--correlation', event.correlation_id],
  ] as const;
  const given = options.flatMap(([flag, value]) => (value === null ? [] : [`${flag}=${shellWord(value)}`]));
  return {
    bitten_show: `${bitten} tail --from ${event.seq} --count 1 --raw`,
    // Behind `--`, so that no name of a type is taken for a flag.
    bitten_publish: [
      `${bitten} publish`,
      ...given,
      '--',
      shellWord(event.event_type),
      shellWord(withoutTemplates(JSON.stringify(event.data))),
    ].join(' '),
    curl: `curl ${shellWord(`${origin}/api/events/${event.seq}`)}`,
  };
}

/** `publish` fills templates in; two braces in a row stand in the texts of JSON alone, and there may be escaped. */
function withoutTemplates(json: string): string {
  return json.replaceAll('{{', '{\\u007b');
}
