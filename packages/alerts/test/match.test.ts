import { describe, expect, it } from 'vitest';
import { AlertEngine, readRules, type SeenEvent } from '../src/index.js';
import { History, noon } from './support/history.js';

const strong = `
rules:
  - name: strong
    severity: info
    when: { event: signal_generated, where: 'data.confidence >= 90' }
    per: data.symbol
    cooldown: 1min
    message: '{{data.symbol}} {{data.direction}} at {{data.confidence}} %'
`;

describe('a rule that matches events', () => {
  it('says each that obeys its expression, and no other', () => {
    const history = new History(strong);
    expect(history.at(1, 'signal_generated', { symbol: 'EURUSD', confidence: 89.9 })).toEqual([]);
    expect(history.at(2, 'signal_generated', { symbol: 'EURUSD', confidence: 90 })).toEqual([
      'happened EURUSD at 2',
    ]);
    expect(history.at(3, 'pattern_detected', { symbol: 'GBPUSD', confidence: 95 })).toEqual([]);
  });

  it('shows no more of an event than anybody reads, and no half of a character', () => {
    const [rule] = readRules(strong, 'rules');
    const engine = new AlertEngine([rule!], { startedAt: noon });
    const [alert] = engine.see({
      event_type: 'signal_generated',
      timestamp: noon,
      source: 'desk',
      data: { symbol: `x${'😀'.repeat(100_000)}`, confidence: 95 },
      seq: 1,
      appended_at: noon,
    } as unknown as SeenEvent);
    expect(alert!.message.length).toBeLessThan(1_000);
    expect(JSON.stringify(alert!.message)).not.toContain('\\ud');
  });

  it('keeps quiet for its cooldown, each key for itself, and tells how many it kept back', () => {
    const [rule] = readRules(strong, 'rules');
    const engine = new AlertEngine([rule!], { startedAt: noon });
    const see = (second: number, symbol: string) =>
      engine.see({
        event_type: 'signal_generated',
        timestamp: noon,
        source: 'x',
        seq: second,
        appended_at: noon + second,
        data: { symbol, confidence: 92, direction: 'BUY' },
        correlation_id: 'S1',
      });
    expect(see(0, 'EURUSD')).toMatchObject([
      {
        id: 'strong/EURUSD/happened/0',
        severity: 'info',
        message: 'EURUSD BUY at 92 %',
        correlation_id: 'S1',
      },
    ]);
    expect(see(30, 'EURUSD')).toEqual([]);
    expect(see(31, 'GBPUSD')).toHaveLength(1);
    expect(see(59, 'EURUSD')).toEqual([]);
    expect(see(60, 'EURUSD')).toMatchObject([{ suppressed: 2 }]);
  });

  it('takes an event without the field, or with another type of value, for one that does not match', () => {
    const history = new History(strong);
    expect(history.at(1, 'signal_generated', { symbol: 'EURUSD' })).toEqual([]);
    expect(history.at(2, 'signal_generated', { symbol: 'EURUSD', confidence: 'very' })).toEqual([]);
    expect(history.at(3, 'signal_generated', { confidence: 99 }), 'no key to watch it under').toEqual([]);
  });
});
