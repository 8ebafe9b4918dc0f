/** One message that somebody might send, by mistake or not. */
export interface HostileText {
  what: string;
  /** As it stands on the wire. */
  bytes: Uint8Array;
}

/** Values of `data.x` as JSON text, or what is nearly JSON. */
const values: ReadonlyArray<[what: string, json: string]> = [
  ['the deepest objects that are allowed', nested('{"a":', '1', '}', 62)],
  ['objects one level too deep', nested('{"a":', '1', '}', 63)],
  ['arrays half a million deep', nested('[', '', ']', 500_000)],
  ['an array that is never closed', '['.repeat(300_000)],
  ['ten thousand keys', `{${range(10_000, (i) => `"k${i}":${i}`)}}`],
  ['a hundred thousand values', `[${range(100_000, String)}]`],
  ['a key that stands twice', '{"a":1,"a":{"b":2},"a":3}'],
  ['keys of the prototype', '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'],
  [
    'names of methods',
    '{"toString":1,"valueOf":null,"hasOwnProperty":"x","toJSON":"y","then":2,"length":-1}',
  ],
  ['a prototype that is no object', '{"__proto__":null,"__defineGetter__":[]}'],
  ['an empty key', '{"":{"":[]}}'],
  ['half of a surrogate pair', '"\\ud800 \\udc00\\ud800"'],
  ['a pair the wrong way round, as key', '{"\\udfff\\ud800":1}'],
  ['NUL and controls, escaped', '"\\u0000\\u0001\\u001b[31m\\u007f\\u0085"'],
  ['line breaks, escaped', '"a\\nb\\r\\nc\\u2028d"'],
  ['line separators of Unicode', '"a\u2028b\u2029c\u0085d"'],
  ['a line break within a string', '"a\nb"'],
  ['line breaks between values', '[1,\r\n2,\n\n3]'],
  ['a control character within a string', '"a\u0001b"'],
  ['a terminal sequence within a string', '"\u001b]0;owned\u0007"'],
  ['text that turns around', '"\u202egnp.exe\u2066x"'],
  ['many scripts', '{"日本":"Ünïcödé 🎯👩‍👩‍👧 العربية עברית","ключ":"ﷺ"}'],
  ['a byte order mark within', '"\ufeff"'],
  ['a number too large', '1e400'],
  ['a negative number too large', '-1e999999'],
  ['a number too small', '1e-400'],
  ['minus nothing', '[-0,-0.0,0e-5]'],
  ['a number of 400 digits', '1234567890'.repeat(40)],
  ['a fraction of 400 digits', `0.${'1234567890'.repeat(40)}`],
  ['whole numbers beyond 2^53', '[9007199254740993,18446744073709551616,-9223372036854775809]'],
  ['odd forms of numbers', '[1E3,1e+3,1.10,100e-2]'],
  ['NaN as Python writes it', 'NaN'],
  ['Infinity as Python writes it', '[Infinity,-Infinity]'],
  ['numbers that are none', '[01,+1,.5,1.,0x1F,1_000]'],
  ['a huge string', `"${'x'.repeat(700_000)}"`],
  ['a huge string of what must be escaped', `"${'\\u0000'.repeat(120_000)}"`],
  ['a key of nearly a megabyte', `{"${'k'.repeat(900_000)}":1}`],
  ['more than a megabyte', `"${'é'.repeat(600_000)}"`],
  ['what looks like the end of an event', '"}}\\",\\"seq\\":1}"'],
  ['another event', '{"event_type":"x","timestamp":1,"source":"y","data":{"symbol":"EURUSD"}}'],
  ['a comment', '1 /* one */'],
  ['a trailing comma', '[1,2,]'],
  ['single quotes', "{'a':'b'}"],
  ['nothing', ''],
];

/** Names as event type and source. */
const names = [
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', ' ', '.', '../../etc/passwd', '%s%n'],
  ...["'; DROP TABLE event_rows; --", '\\u0000', '\\u001b[2J', '\\ud800', '\u202e', '日本', 'x'.repeat(100)],
  ...['x'.repeat(101), 'a\\nb', '*', 'bitten.', '🎯'.repeat(50)],
];

/** Whole messages that are no events. */
const wholes: ReadonlyArray<[what: string, text: string]> = [
  ['nothing at all', ''],
  ['white space', ' \n\t\r '],
  ['null', 'null'],
  ['a number', '1e400'],
  ['a list', '[]'],
  ['a string', '"event"'],
  ['an empty object', '{}'],
  ['two events', '{"event_type":"a"}{"event_type":"b"}'],
  ['a byte order mark', `\ufeff${event('1')}`],
  ['an event in quotes', JSON.stringify(event('1'))],
  ['HTTP', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['XML', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
  ['an event cut off', event('{"a":[1,2,3]}').slice(0, -7)],
  ['an event twice over', event('1').replace('{', '{"event_type":"first","data":{"lost":1},')],
  ['a prototype for an envelope', event('1').replace('{', '{"__proto__":{"source":"p"},')],
  ['fields of the bus itself', event('1').replace('{', '{"seq":-1,"id":"x","invalid":[],"event":{},')],
  ['a time too large', event('1').replace('1757957318.5', '1e400')],
  ['a time at the end of time', event('1').replace('1757957318.5', '1.7976931348623157e308')],
  ['a time next to nothing', event('1').replace('1757957318.5', '5e-324')],
  ['a time in words', event('1').replace('1757957318.5', '"now"')],
  ['data that is a list', event('1').replace('{"x":1}', '[{"x":1}]')],
  ['a wrapped event with a type half a million deep', wrapped(nested('[', '', ']', 400_000))],
];

/** Messages that are not even text. */
const binaries: ReadonlyArray<[what: string, bytes: number[]]> = [
  ['a byte that is never UTF-8', [0x7b, 0x22, 0xff, 0x22, 0x7d]],
  ['half of a surrogate pair in UTF-8', [0x22, 0xed, 0xa0, 0x80, 0x22]],
  ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
  ['UTF-16', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
  ['a NUL', [0]],
  ['every byte there is', Array.from({ length: 256 }, (_, i) => i)],
];

/** Everything of this page that somebody might send as one event: for tests, the same in every room. */
export function hostileTexts(): HostileText[] {
  const encode = (text: string) => new TextEncoder().encode(text);
  const named = names.flatMap((name) => [
    { what: `a type named ${shown(name)}`, bytes: encode(event('1').replace('hostile', name)) },
    { what: `a source named ${shown(name)}`, bytes: encode(event('1').replace('nobody', name)) },
  ]);
  return [
    ...values.map(([what, json]) => ({ what, bytes: encode(event(json)) })),
    ...wholes.map(([what, text]) => ({ what, bytes: encode(text) })),
    ...named,
    ...binaries.map(([what, bytes]) => ({ what, bytes: Uint8Array.from(bytes) })),
  ];
}

function event(x: string): string {
  return `{"event_type":"hostile","timestamp":1757957318.5,"source":"nobody","data":{"x":${x}}}`;
}

function wrapped(type: string): string {
  const issues = '[{"path":"","code":"type","found":"","expected":""}]';
  return `{"event_type":${type},"source":"nobody","invalid":${issues},"event":{}}`;
}

function nested(open: string, inner: string, close: string, levels: number): string {
  return open.repeat(levels) + inner + close.repeat(levels);
}

function range(count: number, item: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => item(i)).join(',');
}

function shown(name: string): string {
  return name.length > 30 ? `${name.slice(0, 10)}… (${name.length})` : JSON.stringify(name);
}
