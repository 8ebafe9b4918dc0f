import { expect, test } from 'vitest';
import { selfTimes } from '../src/measure/profile.js';

test('shares are of the time at work, and files named alike are told apart', () => {
  const at = (functionName: string, url: string) => ({ functionName, url, lineNumber: 9 });
  const nodes = [
    { id: 1, callFrame: at('(idle)', '') },
    { id: 2, callFrame: at('stage', 'file:///x/packages/storage/dist/log/index.js') },
    { id: 3, callFrame: at('decode', 'file:///x/packages/schema/dist/index.js') },
  ];
  const profile = { nodes, samples: [1, 2, 2, 3], timeDeltas: [700, 100, 50, 50] };
  expect(selfTimes(profile, 5)).toEqual([
    { name: 'stage storage/dist/log/index.js:10', share: 0.75 },
    { name: 'decode schema/dist/index.js:10', share: 0.25 },
  ]);
});
