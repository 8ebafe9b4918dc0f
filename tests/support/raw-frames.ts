/** An event as a foreign client writes it: the text of `data`, and what stands around it. */
export interface RawEvent {
  what: string;
  type: string;
  before: string;
  data: string;
  after: string;
}

export function textOf({ before, data, after }: RawEvent): string {
  return before + data + after;
}

/** White space within JSON is the one thing the bus changes: an event is kept on one line. */
export function onOneLine(text: string): string {
  return text.replaceAll(/[\r\n]/g, ' ');
}

function pythonEvent(what: string, type: string, data: string): RawEvent {
  return {
    what,
    type,
    before: `{"event_type": "${type}", "timestamp": 1757957318.1234567, "source": "elite_guard", "data": `,
    data,
    after: ', "correlation_id": null, "user_id": null, "session_id": null}',
  };
}

/** Valid events in the layouts that come from real programs, and in some that might. */
export const rawEvents: readonly RawEvent[] = [
  pythonEvent(
    "Python's json.dumps",
    'signal_generated',
    '{"signal_id": "S1", "symbol": "EURUSD", "direction": "BUY", "confidence": 85.0, "pattern_type": "VCB", "entry_price": 1.10}',
  ),
  pythonEvent(
    "Python's json.dumps of non-ASCII, escaped",
    'user_action',
    '{"user_id": "7", "action": "caf\\u00e9", "details": {"note": "\\ud83c\\udfaf", "nested": {"deep": [1, 2.50]}}}',
  ),
  {
    what: 'JSON.stringify with unknown fields and numbers in odd forms',
    type: 'market_data',
    before:
      '{"event_type":"market_data","timestamp":1757957318,"source":"mt5_feed","build":1432,"tags":["a","b"],"data":',
    data: '{"symbol":"XAUUSD","bid":1E3,"ask":1000.10,"volume":0,"timestamp":1757957318.000,"big":12345678901234567890}',
    after: '}',
  },
  {
    what: 'pretty-printed, with line breaks of both kinds',
    type: 'market_data',
    before:
      '{\n  "event_type": "market_data",\r\n  "timestamp": 1757957319.5,\n  "source": "mt5_feed",\n  "data": ',
    data: '{\n    "symbol": "EURUSD",\r\n    "bid": 1.1,\n    "ask": 1.10012,\n    "timestamp": 1757957319.25\n  }',
    after: '\n}\n',
  },
  {
    what: 'non-ASCII as UTF-8, braces and keys within strings',
    type: 'pattern_seen_by_hand',
    before: '{"source":"Büro","data":',
    data: '{"note":"Überraschung – 日本 🎯","text":"}{\\"data\\":{","data":{"data":null}}',
    after: ',"timestamp":1757957320.75,"event_type":"pattern_seen_by_hand","später":"ja"}',
  },
  {
    what: 'data without members, of a type nobody declared',
    type: 'ping_from_nowhere',
    before: '{"event_type":"ping_from_nowhere","timestamp":0.5,"source":"x","data":',
    data: '{ }',
    after: '}',
  },
];
