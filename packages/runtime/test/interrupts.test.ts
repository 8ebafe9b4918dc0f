import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { watchSignals } from '../src/interrupts.js';

function watch() {
  const source = new EventEmitter();
  const heard: string[] = [];
  const clock = { time: 1_000 };
  const release = watchSignals({
    onStop: (signal) => heard.push(signal),
    onHurry: () => heard.push('hurry'),
    source,
    now: () => clock.time,
  });
  return { source, heard, clock, release };
}

describe('watchSignals', () => {
  it('takes a repeat within a quarter of a second for the echo of the same press', () => {
    const { source, heard, clock } = watch();
    source.emit('SIGINT', 'SIGINT');
    clock.time += 250;
    source.emit('SIGINT', 'SIGINT');
    expect(heard).toEqual(['SIGINT']);
    clock.time += 1;
    source.emit('SIGINT', 'SIGINT');
    expect(heard).toEqual(['SIGINT', 'hurry']);
  });

  it('is not hurried by a supervisor, only by a person', () => {
    const { source, heard, clock } = watch();
    source.emit('SIGTERM', 'SIGTERM');
    clock.time += 1_000;
    source.emit('SIGTERM', 'SIGTERM');
    source.emit('SIGHUP', 'SIGHUP');
    expect(heard).toEqual(['SIGTERM']);
  });

  it('lets go', () => {
    const { source, heard, release } = watch();
    release();
    source.emit('SIGINT', 'SIGINT');
    expect(heard).toEqual([]);
  });
});
