/** The files that the examples of `bitten COMMAND --help` name. */
export const given: Readonly<Record<string, string>> = {
  'signals.jsonl':
    '{"data":{"signal_id":"S2","symbol":"EURUSD","direction":"SELL","confidence":70,"pattern_type":"SWEEP"}}\n',
  'outcomes.jsonl':
    '{"signal_id":"A1","symbol":"EURUSD","direction":"BUY","confidence":81.5,"pattern":"SWEEP","timestamp":"2026-03-02T09:00:01.500Z","win":true}\n',
  'events.jsonl':
    '{"event_type":"user_action","timestamp":1772442000,"source":"webapp","data":{"user_id":"7","action":"login"}}\n',
  'eurusd-ticks.csv': '20260302 090000123,1.08410,1.08430,0\n20260302 090000623,1.08411,1.08431,0\n',
  'gbpusd-m1-bid.csv': 'timestamp,open,high,low,close\n2026-03-02 09:00:00,1.27,1.28,1.26,1.27\n',
  'gbpusd-m1-ask.csv': 'timestamp,open,high,low,close\n2026-03-02 09:00:00,1.28,1.29,1.27,1.28\n',
  'logins.jsonl': '{"at":"2026-03-02T09:00:00Z","uid":7,"what":"login"}\n',
  'trades.yaml': 'type: user_action\nuser_id: uid\nset: { action: what }\ntimestamp: at\n',
  'desk.yaml': 'channels: [{ name: desk, kind: log, file: desk.log }]\nrules: []\n',
  'trades.jsonl': '{"at":"2026-03-02T09:00:00Z","uid":7,"what":"login"}\n',
};

/** What somebody has done who comes to these examples: events, a dead letter, cursors, keys, the book of alerts. */
export const prepare = `
bitten publish signal_generated '{"signal_id":"S1","symbol":"EURUSD","direction":"BUY","confidence":85,"pattern_type":"SWEEP"}'
bitten publish signal_generated '{"signal_id":"ELITE_SNIPER_NZDUSD_1755799117","symbol":"NZDUSD","direction":"SELL","confidence":90,"pattern_type":"SNIPER"}'
bitten publish fire_command '{"fire_id":"F1","signal_id":"S1","symbol":"EURUSD","direction":"BUY","lot_size":0.1}' --user 7176
bitten publish heartbeat '{"n":{{Count}}}' --count 20
for n in $(seq 20); do
  echo '{"signal_id":"S3","symbol":"EURUSD","confidence":85,"pattern_type":"SWEEP","note":"no direction"}'
done | bitten publish signal_generated || true
node apps/alerts/dist/index.js 2> /dev/null & alerts=$!
until [ -e data/alerts.db ]; do sleep 0.1; done
kill $alerts; wait $alerts || true
cd examples && node --input-type=module -e "
import { close, subscribe } from '@bitten/bridge';
for (const cursor of ['my-tracker', 'old-tracker']) {
  const subscription = subscribe({ types: ['market_data'], cursor, from: 'start' }, () => undefined);
  await subscription.ready;
  await subscription.close();
}
await close();"
`;

/** Exit codes of an example: 0, or 130 where it went on until Ctrl-C; findings where it is its job to have some. */
export function mayEndWith(example: string): readonly (number | null)[] {
  if (/^bitten check\b/.test(example)) return [0, 1, 2, 3];
  if (/^bitten (doctor|config|dead-letters (retry|discard))\b/.test(example)) return [0, 1];
  // The editor of this reader changes nothing.
  if (example === 'bitten dead-letters edit 17') return [1];
  return [0, 130];
}
