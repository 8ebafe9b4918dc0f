import { describe, expect, it } from 'vitest';
import { History } from './support/history.js';

function ruled(fault: string): History {
  return new History(`rules: [{ name: r, when: { lifecycle: ${fault}, within: 5s } }]`);
}

describe('a rule on the lifecycle', () => {
  it('misses the execution of a fire, and takes it back when it comes late', () => {
    const history = ruled('not_executed');
    history.at(0, 'fire_command', { fire_id: 'F1', signal_id: 'S1' });
    history.at(1, 'fire_command', { fire_id: 'F2', signal_id: 'S1' });
    expect(history.at(4, 'trade_executed', { fire_id: 'F1' })).toEqual([]);
    expect(history.pass(20)).toEqual(['firing F2 at 6']);
    expect(history.at(21, 'trade_executed', { fire_id: 'F2' })).toEqual(['resolved F2 at 21']);
  });

  it('has nothing to say where the execution overtook its fire', () => {
    const history = ruled('not_executed');
    history.at(0, 'trade_executed', { fire_id: 'F1' });
    history.at(1, 'fire_command', { fire_id: 'F1' });
    expect(history.pass(100)).toEqual([]);
  });

  it('says that a fire was executed twice', () => {
    const history = ruled('executed_twice');
    history.at(0, 'fire_command', { fire_id: 'F1' });
    expect(history.at(1, 'trade_executed', { fire_id: 'F1', ticket: 1 })).toEqual([]);
    expect(history.at(2, 'trade_executed', { fire_id: 'F1', ticket: 2 })).toEqual(['happened F1 at 2']);
  });

  it('says that a trade has no fire, when that has not come either', () => {
    const history = ruled('executed_without_fire');
    history.at(0, 'trade_executed', { fire_id: 'F1' });
    history.at(1, 'trade_executed', { fire_id: 'F2' });
    history.at(3, 'fire_command', { fire_id: 'F2' });
    expect(history.pass(60)).toEqual(['firing F1 at 5']);
  });

  it('says that a trade came after its signal had expired', () => {
    const history = ruled('executed_late');
    const expires_at = 1_772_452_800 + 60;
    history.at(0, 'signal_generated', { signal_id: 'S1', expires_at });
    history.at(1, 'fire_command', { fire_id: 'F1', signal_id: 'S1' });
    history.at(1, 'fire_command', { fire_id: 'F2', signal_id: 'S1' });
    expect(history.at(60, 'trade_executed', { fire_id: 'F1' })).toEqual([]);
    expect(history.at(61, 'trade_executed', { fire_id: 'F2' })).toEqual(['happened F2 at 61']);
  });
});
