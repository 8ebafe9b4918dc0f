import { expect, test } from 'vitest';
import { replayTopicOf, topicMatches, topicOf } from '../src/index.js';

test('live and replayed events have topics of their own', () => {
  expect(topicOf('fire_command')).toBe('bitten.fire_command');
  expect(replayTopicOf('fire_command')).toBe('replay.fire_command');
});

test('no live subscription gets a replayed event', () => {
  for (const prefix of ['bitten.', topicOf('fire_command')]) {
    expect(topicMatches(prefix, topicOf('fire_command'))).toBe(true);
    expect(topicMatches(prefix, replayTopicOf('fire_command'))).toBe(false);
  }
});

test('a subscription is a prefix, as in ZeroMQ', () => {
  expect(topicMatches('', 'bitten.market_data')).toBe(true);
  expect(topicMatches('bitten.signal_', topicOf('signal_expired'))).toBe(true);
  expect(topicMatches('bitten.market_data_l2', topicOf('market_data'))).toBe(false);
});
