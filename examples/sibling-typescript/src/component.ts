// A signal engine and a tracker in one file.
import {
  close,
  defaultBridge,
  fireCommand,
  InvalidEventError,
  signalGenerated,
  subscribe,
  withCorrelation,
} from '@bitten/bridge';

// Nothing is lost while the bus is away, or wants a key; but somebody should know.
defaultBridge().onStatus((status) => {
  if (status.state === 'disconnected') console.error(`waiting  ${status.why}`);
});

// What is published from now on, live; with a durable cursor it would go on where the last run stopped.
const subscription = subscribe({ types: ['signal_generated', 'fire_command'], from: 'now' }, (event) => {
  console.log(`seen     seq ${event.seq}  ${event.event_type}  ${event.correlation_id}`);
  // Not awaited: a subscription cannot wait, in its handler, for its own end.
  if (event.event_type === 'fire_command') void subscription.close();
});
await subscription.ready;

// Fire and forget: the receipt may be ignored safely.
signalGenerated({
  signal_id: 'DEMO_001',
  symbol: 'EURUSD',
  direction: 'BUY',
  confidence: 85,
  pattern_type: 'LIQUIDITY_SWEEP_REVERSAL',
});

// Or wait until the bus has it on disk.
const receipt = await withCorrelation('DEMO_001', () =>
  fireCommand(
    { fire_id: 'FIRE_001', signal_id: 'DEMO_001', symbol: 'EURUSD', direction: 'BUY', lot_size: 0.1 },
    'user-7',
  ),
);
console.log(`receipt  seq ${receipt.seq}  ${receipt.level}`);

// What breaks a rule is told, and kept in the dead letters.
try {
  await signalGenerated({
    signal_id: 'DEMO_002',
    symbol: 'EURUSD',
    direction: 'BUY',
    confidence: 850,
    pattern_type: 'LIQUIDITY_SWEEP_REVERSAL',
  });
} catch (error) {
  if (!(error instanceof InvalidEventError)) throw error;
  console.log(`refused  ${error.message}`);
}

await subscription.done;
await close();
