// Publishes events of a type of its own, and reads them back.
import { close, defaultBridge, InvalidEventError, subscribe, v } from '@bitten/bridge';
import { type SpreadWidened, spreadWidened } from './spread-widened.js';

// From here on this bridge holds every event of the type against its rules.
const publishSpreadWidened = defaultBridge().define(spreadWidened);

const seen: Promise<SpreadWidened> = new Promise((resolve) => {
  subscribe({ types: ['spread_widened'], from: 'start' }, (event) => {
    // Others may publish the type too, and the bus knows no rules for it: look before you trust.
    if (v.is(spreadWidened.data, event.data)) resolve(event.data);
  });
});

const { seq } = await publishSpreadWidened(
  { symbol: 'EURUSD', pips: 4.2, session: 'LONDON' },
  { source: 'watch' },
);
console.log(`published  seq ${seq}`);

try {
  await publishSpreadWidened({ symbol: 'EURUSD', pips: -1 });
} catch (error) {
  if (!(error instanceof InvalidEventError)) throw error;
  console.log(`refused    ${error.message}`);
}

const { symbol, pips, session } = await seen;
console.log(`seen       ${symbol} ${pips.toFixed(1)} pips in ${session}`);
await close();
