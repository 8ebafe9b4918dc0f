import { describe, expect, it } from 'vitest';
import { unwrap } from '../src/unwrap.js';

const issue = { path: 'data.side', code: 'choice', found: '"LEFT"', expected: 'BID or ASK' };

function wrapped(event: string, invalid: unknown = [issue]): Buffer {
  const head = JSON.stringify({ event_type: 'price_alert', source: 'watch', invalid });
  return Buffer.from(`${head.slice(0, -1)},"event":${event}}`);
}

describe('what a client has refused by rules of its own', () => {
  it('is kept byte for byte, with the reasons the client gave', () => {
    const event = '{"event_type":"price_alert", "data":{"side":"LEFT","price":1.10}}';
    expect(unwrap(wrapped(event))).toEqual({ payload: Buffer.from(event), issues: [issue] });
  });

  it.each([
    ['an event that merely lacks fields', Buffer.from('{"event_type":"x","source":"y"}')],
    ['text that is no JSON', Buffer.from('{"event_type":')],
    ['issues of another form', wrapped('{}', [{ path: 1 }])],
    ['no issues', wrapped('{}', [])],
    ['more issues than an event has', wrapped('{}', Array(21).fill(issue))],
    [
      'members in another order',
      Buffer.from(`{"event_type":"x","invalid":[${JSON.stringify(issue)}],"source":"y","event":{}}`),
    ],
  ])('is not seen in %s', (_what, payload) => {
    expect(unwrap(payload)).toBeNull();
  });
});
