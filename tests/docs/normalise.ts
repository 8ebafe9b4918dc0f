/**
 * What may be different in what a command says here and in what a page shows, and nothing else: each rule puts a word
 * in the place of what it matches, on both sides. They are applied from top to bottom.
 */
const rules: readonly (readonly [what: RegExp, word: string])[] = [
  // Times: with a date or without, ISO 8601 or Unix seconds.
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?/g, '<time>'],
  [/\b\d\d:\d\d:\d\d(?:\.\d+)?\b/g, '<time>'],
  [/\b1[5-9]\d{8}(?:\.\d+)?\b/g, '<time>'],
  // Ids made by the machine: UUIDs, checksums.
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<id>'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/g, '<id>'],
  // Durations, sizes, rates: a number and its unit.
  [/\d[\d,.]*\s?(?:ms|µs|s|min|h|d|B|kB|KB|MB|GB|KiB|MiB|GiB)\b/g, '<amount>'],
  [/\d[\d,.]*(?:\/s| a second| per second| events\/s)/g, '<amount>'],
  // Places in the log, named, in JSON, and beside the time of a row.
  [/\b(seq|dead letter|process|pid)(s?) (\d+)(?: to \d+)?/g, '$1$2 <n>'],
  [/"(seq|dead_letter|pid|appended_at)":\s?\d+(?:\.\d+)?/g, '"$1":<n>'],
  [/<time>\s+\d+\s/g, '<time> <n> '],
  [/^\s*\d+\s+<time>/gm, '<n> <time>'],
  // A table is as wide as what stands in it.
  [/[─-]{3,}/g, '---'],
  [/[^\S\n]+/g, ' '],
  [/^ | $/gm, ''],
];

const anyNumber: readonly (readonly [RegExp, string])[] = [
  [/<amount>|<n>|<time>|\d[\d,.]*\d|\d/g, '#'],
  [/(?<!\S)-#/g, '#'],
];

export interface NormaliseOptions {
  /** Compare no numbers at all: `<!-- figures vary -->`. */
  figuresVary?: boolean;
}

/** A text with what may be different taken out of it. */
export function normalise(text: string, { figuresVary = false }: NormaliseOptions = {}): string {
  const all = figuresVary ? [...rules, ...anyNumber] : rules;
  const replaced = all.reduce((sofar, [what, word]) => sofar.replace(what, word), text);
  return replaced.replace(/^\n+|\s+$/g, '');
}

/**
 * Whether a command has said what the page shows. `…` stands for anything within a line, a line that is nothing but
 * `…` for any lines.
 */
export function saysAsShown(
  { shown, said }: { shown: string; said: string },
  options: NormaliseOptions & { orderVaries?: boolean } = {},
): boolean {
  const order = (text: string) => (options.orderVaries ? text.split('\n').toSorted().join('\n') : text);
  const lines = order(normalise(shown, options)).split('\n');
  const pattern = lines.map((line) => (line === '…' ? '(?:.*\\n)*?' : `${lineLike(line)}\\n`)).join('');
  return new RegExp(`^${pattern}$`, 'u').test(`${order(normalise(said, options))}\n`);
}

function lineLike(line: string): string {
  return line
    .split('…')
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    .join('.*');
}
