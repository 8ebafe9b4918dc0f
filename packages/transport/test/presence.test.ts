import { describe, expect, it } from 'vitest';
import { Presence } from '../src/doors/presence.js';

function after(...said: string[]): Presence {
  const presence = new Presence();
  for (const word of said) {
    if (word === 'admitted') presence.admitted();
    else if (word === 'denied') presence.denied();
    else presence.saw(word);
  }
  return presence;
}

const comesIn = ['accept', 'admitted', 'handshake'];
const givesUp = ['handshake:error:other', 'disconnect'];

describe('who is inside a door', () => {
  it('is who has finished a handshake, and not who has only connected', () => {
    expect(after(...comesIn, 'accept', 'accept', 'accept').taken).toBe(1);
    expect(after('accept', 'accept', ...givesUp, ...givesUp).taken).toBe(0);
    expect(after(...comesIn, 'disconnect').inside).toBe(0);
  });

  it('has a place from the moment it is let in', () => {
    const presence = after('accept', 'admitted');
    expect([presence.taken, presence.inside]).toEqual([1, 0]);
    expect(after('accept', 'admitted', ...givesUp).taken).toBe(0);
  });

  it('does not change by those who break off or are turned away, however long they stay', () => {
    expect(after(...comesIn, 'accept', ...givesUp).inside).toBe(1);
    expect(after(...comesIn, 'accept', 'denied', 'disconnect').inside).toBe(1);
    expect(after(...comesIn, 'accept', 'denied').taken).toBe(1);
  });

  it('is right in the end where one leaves before one that was turned away', () => {
    expect(after(...comesIn, 'accept', 'denied', 'disconnect', 'disconnect').inside).toBe(0);
  });

  it('is never more than the connections, whatever was misread', () => {
    // An error of the protocol by one that is inside looks like one of a handshake.
    const misread = [...comesIn, 'handshake:error:protocol', 'disconnect'];
    expect(after(...misread, ...misread, ...misread).taken).toBe(0);
    expect(after('disconnect', 'disconnect', ...comesIn).inside).toBe(1);
  });
});
