import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyWriter, joinBodies, joinEvents, oneLine, splitBytes, splitEvents } from '../src/bodies.js';
import { CountError, NotUtf8Error } from '../src/errors.js';

const eventTexts = fc.array(fc.json().map(oneLine), { maxLength: 20 });
const anyText = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => JSON.stringify(text));

describe('a body of events', () => {
  it('gives back the texts it was made of', () => {
    fc.assert(
      fc.property(fc.oneof(eventTexts, fc.array(anyText)), (texts) => {
        expect(splitEvents(joinEvents(texts), texts.length)).toEqual(texts);
      }),
    );
  });

  it('is cut at the same places in bytes and in texts', () => {
    fc.assert(
      fc.property(fc.array(anyText), (texts) => {
        expect(splitBytes(joinEvents(texts)).map(String)).toEqual(texts);
      }),
    );
  });

  it('is the same when written event by event, and its size is known before it is taken', () => {
    fc.assert(
      fc.property(fc.array(anyText), (texts) => {
        const writer = new BodyWriter();
        for (const text of texts) writer.add(text);
        const { bytes, count } = writer;
        const body = writer.take();
        expect(body).toEqual(joinEvents(texts));
        expect({ bytes, count }).toEqual({ bytes: body.length, count: texts.length });
        expect({ bytes: writer.bytes, count: writer.count }).toEqual({ bytes: 0, count: 0 });
      }),
    );
  });

  it('can be put together from bodies, of which some are empty', () => {
    const body = joinBodies([Buffer.alloc(0), joinEvents(['1', '2']), Buffer.alloc(0), joinEvents(['3'])]);
    expect(splitEvents(body)).toEqual(['1', '2', '3']);
    expect(joinBodies([])).toHaveLength(0);
  });

  it('holds no event when it is empty', () => {
    expect(splitEvents(Buffer.alloc(0), 0)).toEqual([]);
    expect(splitBytes(Buffer.alloc(0))).toEqual([]);
  });

  it('is refused with both numbers when it holds another number of events than was said', () => {
    const body = joinEvents(['1', '2', '3']);
    expect(() => splitEvents(body, 2)).toThrow(CountError);
    expect(() => splitEvents(body, 2)).toThrow('3 events where the header says 2');
  });

  it('is refused where bytes are not UTF-8, and its good events can still be found', () => {
    const body = Buffer.concat([Buffer.from('"é"\n'), Buffer.from([0x22, 0xff, 0x22]), Buffer.from('\n1')]);
    expect(() => splitEvents(body, 3)).toThrow(NotUtf8Error);
    expect(splitBytes(body)).toEqual([Buffer.from('"é"'), Buffer.from([0x22, 0xff, 0x22]), Buffer.from('1')]);
  });
});

describe('a text on one line', () => {
  it('means the same as before', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('\n', '\r\n', '\t'), (value, indentation) => {
        const text = JSON.stringify(value, null, 2).replaceAll('\n', indentation);
        const line = oneLine(text);
        expect(line).not.toMatch(/[\r\n]/);
        expect(JSON.parse(line)).toEqual(JSON.parse(text));
      }),
    );
  });
});
