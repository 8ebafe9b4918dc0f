import { describe, expect, it } from 'vitest';
import { nextStatus, type Status } from '../src/status.js';

const connecting: Status = { state: 'connecting', since: 1 };
const connected: Status = { state: 'connected', since: 1 };
const disconnected: Status = { state: 'disconnected', since: 1, why: 'first' };
const closed: Status = { state: 'closed', since: 1 };

describe('the status of a connection', () => {
  it('becomes connected by a handshake, the first time and again', () => {
    for (const status of [connecting, disconnected]) {
      expect(nextStatus(status, { type: 'handshake' }, 2)).toEqual({ state: 'connected', since: 2 });
    }
  });

  it('says why there is none, when an attempt fails and when a connection is lost', () => {
    const failed = nextStatus(connecting, { type: 'failed', why: 'nobody' }, 2);
    const lost = nextStatus(connected, { type: 'lost', why: 'cut' }, 2);
    expect(failed).toEqual({ state: 'disconnected', since: 2, why: 'nobody' });
    expect(lost).toEqual({ state: 'disconnected', since: 2, why: 'cut' });
  });

  it('keeps since when and why while further attempts fail', () => {
    expect(nextStatus(disconnected, { type: 'failed', why: 'second' }, 2)).toBe(disconnected);
    expect(nextStatus(disconnected, { type: 'lost', why: 'second' }, 2)).toBe(disconnected);
  });

  it('is not changed by what does not end a connection, nor after it was closed', () => {
    expect(nextStatus(connected, { type: 'failed', why: 'x' }, 2)).toBe(connected);
    expect(nextStatus(connected, { type: 'handshake' }, 2)).toBe(connected);
    expect(nextStatus(closed, { type: 'handshake' }, 2)).toBe(closed);
    expect(nextStatus(connected, { type: 'closed' }, 2)).toEqual({ state: 'closed', since: 2 });
  });
});
