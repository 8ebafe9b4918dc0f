import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../support/places.js';
import { System } from '../support/system.js';
import { findPythonWithZmq, saySkipped } from '../support/tools.js';

const python = findPythonWithZmq();
if (python === undefined) saySkipped('the Python example', 'no python3 with zmq (Debian: python3-zmq)');

describe('the examples do what they say', () => {
  test('component.mjs: fire and forget, a receipt, a refusal, and what a subscriber sees', async () => {
    const system = await System.start();
    const example = system.run('example', join(root, 'examples/component.mjs'));
    expect(await example.ended(), example.tail()).toEqual({ code: 0, signal: null });
    // The bus's own heartbeat is seq 1.
    expect(example.lines).toEqual(
      expect.arrayContaining([
        'seen     seq 2  signal_generated  DEMO_001',
        'seen     seq 3  fire_command  DEMO_001',
        'receipt  seq 3  fsynced',
        expect.stringMatching(/^refused {2}invalid event: data\.direction: expected BUY or SELL, found "UP"/),
      ]),
    );
  });

  test.skipIf(python === undefined)('component.py: publishes by PUSH and hears itself by SUB', async () => {
    const system = await System.start();
    const example = system.run('example', join(root, 'examples/component.py'), { command: python! });
    expect(await example.ended(), example.tail()).toEqual({ code: 0, signal: null });
    expect(example.lines).toEqual(['bitten.user_action 2']);
  });
});
