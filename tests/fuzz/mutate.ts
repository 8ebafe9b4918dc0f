import type { Random } from './random.js';

/** Bytes that mean something to a decoder of ours. */
const tokens = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    '\n',
    '\r\n',
    '\0',
    '\\u0000',
    '\\ud800',
    '\ufeff',
    '-',
    '1e400',
  ],
  ...['null', 'true', 'NaN', '-0', '9007199254740993', '"__proto__"', '"constructor"', '""', '{}', '[]', ' '],
  ...['"password":"x"', '--', '=', '%', '.', 'Z', '+14:00', '64MiB', '7d', '&a', '*a', '!!', '#', '|', '\t'],
].map((token) => Buffer.from(token));

const numbers = [
  0,
  1,
  2,
  39,
  40,
  41,
  63,
  64,
  127,
  128,
  255,
  256,
  65_535,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
];

/** A sample with one to eight changes: bytes flipped, cut, moved, doubled, spliced, lengths overwritten. */
export function mutate(samples: readonly Buffer[], random: Random): Buffer {
  let bytes: Buffer = Buffer.from(random.pick(samples));
  if (bytes.length > 0 && bytes.length < 20_000 && random.below(3) === 0) bytes = mutateJson(bytes, random);
  for (let change = random.below(8); change >= 0; change -= 1) {
    bytes = random.pick(changes)(bytes, random, samples);
    if (bytes.length > 200_000) bytes = bytes.subarray(0, 200_000);
  }
  return bytes;
}

type Change = (bytes: Buffer, random: Random, samples: readonly Buffer[]) => Buffer;

const changes: readonly Change[] = [
  flip,
  flip,
  overwrite,
  insertToken,
  insertToken,
  cut,
  truncate,
  repeat,
  splice,
  setNumber,
  nest,
];

function flip(bytes: Buffer, random: Random): Buffer {
  if (bytes.length === 0) return bytes;
  const changed = Buffer.from(bytes);
  const at = random.below(bytes.length);
  changed[at] = changed[at]! ^ (1 << random.below(8));
  return changed;
}

function overwrite(bytes: Buffer, random: Random): Buffer {
  const changed = Buffer.from(bytes);
  for (let i = random.below(8), at = random.below(bytes.length + 1); i >= 0; i -= 1) {
    if (at + i < changed.length) changed[at + i] = random.below(256);
  }
  return changed;
}

function insertToken(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), random.pick(tokens), bytes.subarray(at)]);
}

function cut(bytes: Buffer, random: Random): Buffer {
  const [from, to] = span(bytes, random);
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
}

function truncate(bytes: Buffer, random: Random): Buffer {
  return bytes.subarray(0, random.below(bytes.length + 1));
}

function repeat(bytes: Buffer, random: Random): Buffer {
  const [from, to] = span(bytes, random);
  const times = random.below(random.below(20) === 0 ? 2_000 : 10);
  const piece = bytes.subarray(from, Math.min(to, from + 64));
  return Buffer.concat([bytes.subarray(0, to), ...Array<Buffer>(times).fill(piece), bytes.subarray(to)]);
}

function splice(bytes: Buffer, random: Random, samples: readonly Buffer[]): Buffer {
  const other = random.pick(samples);
  const [from, to] = span(other, random);
  const [start, end] = span(bytes, random);
  return Buffer.concat([bytes.subarray(0, start), other.subarray(from, to), bytes.subarray(end)]);
}

/** Where a length or a count may stand. */
function setNumber(bytes: Buffer, random: Random): Buffer {
  if (bytes.length < 4) return bytes;
  const changed = Buffer.from(bytes);
  changed.writeUInt32LE(random.pick(numbers), random.below(bytes.length - 3));
  return changed;
}

function nest(bytes: Buffer, random: Random): Buffer {
  const levels = random.pick([2, 63, 64, 65, 5_000]);
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"a":', '}'],
  ] as const);
  const [from, to] = span(bytes, random);
  const inner = bytes.subarray(from, to);
  const wrapped = [Buffer.from(open.repeat(levels)), inner, Buffer.from(close.repeat(levels))];
  return Buffer.concat([bytes.subarray(0, from), ...wrapped, bytes.subarray(to)]);
}

function span(bytes: Buffer, random: Random): [from: number, to: number] {
  const a = random.below(bytes.length + 1);
  const b = random.below(bytes.length + 1);
  return a < b ? [a, b] : [b, a];
}

const values: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 2 ** 53, 1e308, '', 'x', '\u0000', '\ud800', [], {}, [[]]],
  ...[{ time: 1 }, 'x'.repeat(300), '__proto__', [1, 2, 3], 'start', 'dead_letters'],
];
const keys = [
  '__proto__',
  'constructor',
  'toString',
  'password',
  'api_key',
  '',
  'seq',
  'id',
  'v',
  'op',
  'data',
];

/** A change to the value that JSON stands for, where the bytes are JSON: one of its members is another. */
function mutateJson(bytes: Buffer, random: Random): Buffer {
  try {
    const root = { root: JSON.parse(bytes.toString()) as unknown };
    for (let change = random.below(3); change >= 0; change -= 1) mutateMember(root, random);
    return Buffer.from(JSON.stringify(root.root) ?? '');
  } catch {
    return bytes;
  }
}

function mutateMember(value: Record<string, unknown>, random: Random): void {
  const names = Object.keys(value);
  const name = names.length > 0 && random.below(6) > 0 ? random.pick(names) : random.pick(keys);
  const member = value[name];
  const isInner = typeof member === 'object' && member !== null && Object.hasOwn(value, name);
  if (isInner && random.below(4) > 0) return mutateMember(member as Record<string, unknown>, random);
  if (random.below(5) === 0) delete value[name];
  else
    Object.defineProperty(value, name, {
      value: random.pick(values),
      enumerable: true,
      configurable: true,
      writable: true,
    });
}
