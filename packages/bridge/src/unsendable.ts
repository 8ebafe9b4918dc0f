import { inspect } from 'node:util';
import { createStandardCatalogue, decodeEvent, type Issue, limits, redactSecrets } from '@bitten/schema';

/** An event that is too large goes to the dead letters whole up to this size, and cut above it. */
const bytesMax = 4 * limits.event_bytes_max;
const standard = createStandardCatalogue();

/** An event that must not go on as one. */
export interface Unsendable {
  /** Its JSON, where it has one. */
  text: string | undefined;
  event: unknown;
  issues: readonly Issue[];
}

/**
 * What the dead letters get of an event that is invalid: its JSON, or where it has none, what a person would be
 * shown of it. One line, never empty, without secrets, and never anything the bus could take for an event. Never
 * throws.
 */
export function asDeadLetter({ text, event, issues }: Unsendable): string {
  const line = redactSecrets((text ?? show(event)).replaceAll(/[\r\n]/g, ' '));
  // A UTF-16 unit becomes three bytes at most; what is cut is still larger than an event may be.
  if (Buffer.byteLength(line) > bytesMax) return line.slice(0, Math.floor(bytesMax / 3));
  const decoded = decodeEvent(line, standard);
  return decoded.ok ? wrap(line, decoded.event, issues) : line || '(nothing)';
}

/**
 * The bus does not know the rules of a component's own types, nor what JSON has made of NaN, and would append
 * the event. Without a timestamp and data it refuses it, and the dead letter holds the event and what is wrong.
 */
function wrap(
  line: string,
  { event_type, source }: { event_type: string; source: string },
  issues: readonly Issue[],
): string {
  const head = JSON.stringify({ event_type, source, invalid: issues });
  return `${head.slice(0, -1)},"event":${line}}`;
}

function show(event: unknown): string {
  try {
    const limitsOfSight = { depth: 4, maxStringLength: 1000, breakLength: Number.POSITIVE_INFINITY };
    // Without `customInspect` and getters nothing of the caller's runs here.
    return inspect(event, { ...limitsOfSight, customInspect: false, getters: false });
  } catch {
    return '(an event that cannot be shown)';
  }
}
