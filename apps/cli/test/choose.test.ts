import { UsageError } from '@bitten/runtime';
import { describe, expect, test } from 'vitest';
import { BadFileError } from '../src/import/bad-file.js';
import { chooseFormats, guessFormat, symbolOf } from '../src/import/choose.js';
import { makeFile } from './support/files.js';

const options = { format: undefined, mapping: undefined, symbol: undefined, source: undefined, offset_s: 0 };

describe('how to read a file is guessed from its content', () => {
  test.each([
    ['20200101 170000065,1.1,1.2,0\n', 'ticks'],
    ['timestamp,open,high,low,close\n', 'bars'],
    ['{"signal_id":"S","pair":"EURUSD","pattern":"P"}\n', 'signal-outcomes'],
    ['broken\n{"event_type":"x","timestamp":1,"source":"s","data":{}}\n', 'events'],
  ])('%s', (content, format) => {
    expect(guessFormat(makeFile('file.txt', content))).toBe(format);
  });

  test('and where it is not clear, the fields found are named', () => {
    expect(() => guessFormat(makeFile('a.jsonl', '{"uid":1,"what":"x"}\n'))).toThrow(/uid, what/);
    expect(() => guessFormat(makeFile('a.csv', 'a;b;c\n'))).toThrow(UsageError);
    expect(() => guessFormat(makeFile('empty.csv', ''))).toThrow(/empty/);
  });

  test('a file that is not there is told as such', () => {
    expect(() => guessFormat(`${makeFile('a', '')}.missing`)).toThrow(BadFileError);
  });
});

test('the symbol is the leading letters of the name', () => {
  expect(symbolOf('some/folder/eurusd-ticks-2020.csv')).toBe('EURUSD');
  expect(symbolOf('XAUUSD_M1.csv')).toBe('XAUUSD');
  expect(() => symbolOf('2020-eurusd.csv')).toThrow(/does not begin with a symbol/);
});

describe('bars', () => {
  const header = 'timestamp,open,high,low,close\n';
  const bid = makePair('gbpusd-m1-bid.csv');
  const ask = makePair('gbpusd-m1-ask.csv');

  function makePair(name: string) {
    return () => makeFile(name, header);
  }

  test('the names say which file is the bid, in either order', () => {
    const files = [ask(), bid()];
    const [chosen] = chooseFormats(files, options);
    expect(chosen?.files).toEqual([files[1], files[0]]);
    expect(chosen?.guess).toContain('GBPUSD');
  });

  test('need two files, of one symbol', () => {
    expect(() => chooseFormats([bid()], options)).toThrow(UsageError);
    expect(() => chooseFormats([bid(), makeFile('eurusd-m1-ask.csv', header)], options)).toThrow(/EURUSD/);
  });
});

test('the identity of an import holds all that decides which events a line becomes', () => {
  const file = makeFile('eurusd.csv', '20200101 170000065,1.1,1.2,0\n');
  const identities = [
    options,
    { ...options, symbol: 'GBPUSD' },
    { ...options, source: 'histdata' },
    { ...options, offset_s: 3600 },
  ].map((each) => chooseFormats([file], each)[0]!.format.identity);
  expect(new Set(identities).size).toBe(4);
});
