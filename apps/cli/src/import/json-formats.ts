import { limits, nestsDeeperThan } from '@bitten/schema';
import type { ImportFormat } from './format.js';
import { isObject, mapJsonLine, mappingVersion, parseObject } from './mapping.js';
import { type EventMapping, readMapping } from './mapping-rules.js';
import { type ImportRecord, readLines } from './records.js';

/**
 * The tracker file of the running system: each line a signal and, once it is known, what became of it. Fields
 * nobody names here stay with the signal under their own names.
 */
const signalOutcomes = readMapping(
  {
    events: [
      {
        type: 'signal_generated',
        set: {
          signal_id: 'signal_id',
          symbol: ['symbol', 'pair'],
          pattern_type: ['pattern_type', 'pattern'],
        },
        drop: ['win'],
      },
      {
        type: 'signal_outcome',
        when: ['signal_id', 'win'],
        set: {
          signal_id: 'signal_id',
          outcome: { from: 'win', words: { true: 'WIN', false: 'LOSS' } },
          symbol: ['symbol', 'pair'],
          direction: 'direction',
          pattern: ['pattern', 'pattern_type'],
          confidence: 'confidence',
        },
        rest: false,
      },
    ],
  },
  'signal-outcomes',
);

export function signalOutcomesFormat(options: { source: string | undefined }): ImportFormat {
  return jsonFormat('signal-outcomes', withSource(signalOutcomes, options.source));
}

/** Lines of JSON by a mapping of the user's own. */
export function mappedFormat(
  events: readonly EventMapping[],
  options: { source: string | undefined },
): ImportFormat {
  return jsonFormat('jsonl', withSource(events, options.source));
}

function withSource(events: readonly EventMapping[], source: string | undefined): EventMapping[] {
  return events.map((event) => (source === undefined ? event : { ...event, source }));
}

function jsonFormat(name: string, events: readonly EventMapping[]): ImportFormat {
  return {
    name,
    identity: JSON.stringify(['jsonl', mappingVersion, events]),
    read: ([file], options) => readLines(file!, { ...options, isUnfinished }),
    map: (record) => mapJsonLine(record, events),
  };
}

/** Lines that are events already, as `bitten tail --raw`, `--json` and `bitten query --json` print them. */
export function eventsFormat(): ImportFormat {
  return {
    name: 'events',
    identity: JSON.stringify(['events', mappingVersion]),
    read: ([file], options) => readLines(file!, { ...options, isUnfinished }),
    map: (record) => [asPublished(record)],
  };
}

/** Places in a log, which mean nothing in another one: the bus gives the event its own. */
const places = ['seq', 'appended_at', 'id', 'created_at'];

function asPublished({ text }: ImportRecord): string {
  const event = parseObject(text);
  if (event === undefined || !isPrinted(event)) return text;
  // Too deep to be an event, and to be written anew.
  if (nestsDeeperThan(text, limits.event_depth_max)) return text;
  for (const name of places) delete event[name];
  const { extra } = event;
  if (isObject(extra)) {
    delete event.extra;
    // Defined, not assigned: a field may be called anything, also __proto__.
    for (const [name, value] of Object.entries(extra)) {
      Object.defineProperty(event, name, { value, enumerable: true, configurable: true, writable: true });
    }
  }
  return JSON.stringify(event);
}

/** An event of a publisher may have a field named `id`; one that we printed has both of a pair. */
function isPrinted(event: Record<string, unknown>): boolean {
  return ('seq' in event && 'appended_at' in event) || ('id' in event && 'created_at' in event);
}

/** A last line without its line end that begins as an object and is none: somebody is just writing it. */
function isUnfinished(text: string): boolean {
  return text.trimStart().startsWith('{') && parseObject(text) === undefined;
}
