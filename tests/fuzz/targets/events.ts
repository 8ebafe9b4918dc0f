import assert from 'node:assert/strict';
import {
  checkEvent,
  createStandardCatalogue,
  decodeEvent,
  encodeEvent,
  InvalidEventError,
  redactSecrets,
} from '@bitten/schema';
import { hostileTexts } from '@bitten/schema/testing';
import { cutEventText, flatDataText } from '../../../packages/storage/src/store/event-text.js';
import { rawEvents, textOf } from '../../support/raw-frames.js';
import { bytesOf, type Target } from '../target.js';

const catalogue = createStandardCatalogue();

const standard = bytesOf(
  '{"event_type":"market_data","timestamp":1757957318.5,"source":"f","data":{"symbol":"EURUSD","bid":1.1,"ask":1.2,"timestamp":1757957318.5}}',
  '{"event_type":"signal_generated","timestamp":1,"source":"e","data":{"signal_id":"S","symbol":"EURUSD","direction":"BUY","confidence":85.5,"pattern_type":"P"}}',
  '{"event_type":"user_action","timestamp":1,"source":"w","user_id":"7","data":{"user_id":"7","action":"login","details":{"api_key":"x","password":"y"}}}',
  '{"event_type":"trade_executed","timestamp":1,"source":"m","data":{"fire_id":"F","ticket":1,"symbol":"X","direction":"SELL","volume":0.01,"open_price":1,"execution_time":1}}',
);

/** Messages as anybody may send them. */
export const eventSamples: readonly Buffer[] = [
  ...standard,
  ...rawEvents.map((event) => Buffer.from(textOf(event))),
  ...hostileTexts()
    .map(({ bytes }) => Buffer.from(bytes))
    .filter(({ length }) => length < 10_000),
];

export const eventTargets: readonly Target[] = [
  {
    name: 'event',
    samples: eventSamples,
    run: (input) => {
      const decoded = decodeEvent(input.toString('utf8'), catalogue);
      if (!decoded.ok) {
        assert(decoded.issues.length > 0 && decoded.issues.length <= 20);
        assert(new InvalidEventError(decoded.issues).message.length < 20_000);
        return;
      }
      // Text may hold 1e400, which is stored as it came; as a value it is Infinity, which JSON cannot carry.
      const issues = checkEvent(decoded.event, catalogue).filter(({ found }) => !/^-?Infinity$/.test(found));
      assert.deepEqual(issues, []);
      const again = decodeEvent(encodeEvent(decoded.event), catalogue);
      assert(again.ok && encodeEvent(again.event) === encodeEvent(decoded.event));
    },
  },
  {
    name: 'redact',
    samples: eventSamples,
    run: (input) => {
      for (const text of [input.toString('utf8'), input.toString('latin1')]) {
        const redacted = redactSecrets(text);
        assert.equal(redactSecrets(redacted), redacted);
        // What the decoder would store holds no secret, so nothing is taken out of it.
        const decoded = decodeEvent(text, catalogue);
        if (decoded.ok) assert.equal(redacted, text);
      }
    },
  },
  {
    name: 'event-text',
    samples: eventSamples,
    run: (input) => {
      const text = input.toString('utf8');
      const decoded = decodeEvent(text, catalogue);
      if (!decoded.ok) return;
      const { data, extra } = cutEventText(text, decoded.event);
      assert(text.includes(data), 'the own text of data');
      assert.equal(JSON.stringify(JSON.parse(data)), JSON.stringify(decoded.event.data));
      if (extra !== null) JSON.parse(extra);
      const flat = flatDataText(text);
      if (flat !== null) assert.equal(flat, data);
    },
  },
];
