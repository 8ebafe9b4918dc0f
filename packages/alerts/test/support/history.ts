import { type Alert, AlertEngine, readRules, type SeenEvent } from '../../src/index.js';

/** 2026-03-02 12:00 UTC, a Monday. */
export const noon = 1_772_452_800;

/** Rules at work on a clock that goes only when it is told to: all times are seconds after noon. */
export class History {
  readonly rules;
  engine: AlertEngine;
  #seq = 0;

  constructor(yaml: string, startedAt = 0) {
    this.rules = readRules(yaml, 'test.yaml');
    this.engine = new AlertEngine(this.rules, { startedAt: noon + startedAt });
  }

  at(
    second: number,
    event_type: string,
    data: Record<string, unknown>,
    more: Partial<SeenEvent> = {},
  ): string[] {
    this.#seq += 1;
    const at = noon + second;
    const event = {
      event_type,
      timestamp: at,
      source: 'test',
      data,
      seq: this.#seq,
      appended_at: at,
      ...more,
    };
    return told(this.engine.see(event));
  }

  pass(second: number): string[] {
    return told(this.engine.pass(noon + second));
  }

  /** As a restart does: what was known is written down and read again, by another engine. */
  restart(): void {
    const state = JSON.parse(JSON.stringify(this.engine.save()));
    this.engine = new AlertEngine(this.rules, { startedAt: noon });
    this.engine.load(state);
  }
}

/** `firing EURUSD at 10`, seconds after noon. */
function told(alerts: readonly Alert[]): string[] {
  return alerts.map(
    ({ state, key, at }) =>
      `${state}${key === '' ? '' : ` ${key}`} at ${Math.round((at - noon) * 1000) / 1000}`,
  );
}
