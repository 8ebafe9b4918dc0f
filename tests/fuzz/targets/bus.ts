import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BittenError } from '@bitten/schema';
import { readCursors } from '../../../packages/broker/src/cursor-file.js';
import { compileFilter } from '../../../packages/broker/src/filter.js';
import { unwrap } from '../../../packages/broker/src/unwrap.js';
import { Rig, textsIn } from '../../../packages/broker/test/support/rig.js';
import { bytesOf, refusing, type Target } from '../target.js';
import { eventSamples } from './events.js';

const folder = mkdtempSync(join(tmpdir(), 'bitten-fuzz-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const cursor = { name: 'reader', log: 'events', next: 5, hold: true, committed_at: 1.5 };
const wrapped = {
  ...{ event_type: 'x', source: 'y', invalid: [{ path: 'p', code: 'type', found: 'f', expected: 'e' }] },
  event: { event_type: 'x', timestamp: 1, source: 'y', data: { password: 'z' } },
};

export const busTargets: readonly Target[] = [
  {
    name: 'ingress',
    samples: [...eventSamples, ...bytesOf(wrapped)],
    run: (input) => {
      const rig = new Rig();
      rig.anonymous.accept([input]);
      rig.commit.flush();
      assert.equal(textsIn(rig.events).length + textsIn(rig.deadLetterLog).length, 1);
    },
  },
  {
    name: 'batch',
    samples: [...eventSamples, ...bytesOf(wrapped)],
    run: (input) => {
      if (input.length === 0) return;
      const rig = new Rig();
      const count = input.filter((byte) => byte === 10).length + 1;
      const outcome = rig.publish(Array<string>(count).fill(''), { body: input });
      assert.equal(outcome.kind, 'appended');
      assert.equal(textsIn(rig.events).length + textsIn(rig.deadLetterLog).length, count);
    },
  },
  {
    name: 'unwrap',
    samples: bytesOf(wrapped, { ...wrapped, event: [] }),
    run: (input) => {
      const inner = unwrap(input);
      if (inner !== null) assert(input.includes(inner.payload) && inner.issues.length > 0);
    },
  },
  {
    name: 'cursors',
    samples: bytesOf({ cursors: [cursor] }, { cursors: [] }, { cursors: [cursor, { ...cursor, name: 'b' }] }),
    run: (input) => {
      const file = join(folder, 'cursors.json');
      writeFileSync(file, input);
      for (const { name, next } of refusing([BittenError], () => readCursors(file)) ?? []) {
        assert(/^[A-Za-z0-9._:-]{1,100}$/.test(name) && next >= 1);
      }
    },
  },
  {
    name: 'filter',
    samples: bytesOf({ types: ['a', '__proto__'], symbols: ['EURUSD'] }, { users: ['7'], sources: [] }),
    run: (input) => {
      const event = { event_type: input.toString(), source: '__proto__', data: { symbol: input.toString() } };
      const passes = compileFilter({ types: [input.toString()], symbols: [input.toString()] });
      assert.equal(passes?.(event), true);
      assert.equal(compileFilter({ types: ['other'] })?.(event), event.event_type === 'other');
    },
  },
];
