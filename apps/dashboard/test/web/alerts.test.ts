import { describe, expect, it } from 'vitest';
import type { AlertRow, AlertRule, Silence } from '../../src/api/alerts.js';
import { channelTone, sayDeliveries, sayDelivery } from '../../web/pages/alerts/deliveries.js';
import { findAlert, headline, inUrgency, rulesInUrgency } from '../../web/pages/alerts/order.js';
import {
  inOrder,
  phaseOf,
  problemOf,
  sayScope,
  silenceFor,
  silenceOf,
} from '../../web/pages/alerts/silences.js';

const alert = (id: string, more: Partial<AlertRow> = {}): AlertRow => ({
  id,
  rule: 'no-ticks',
  severity: 'warning',
  state: 'firing',
  key: 'EURUSD',
  message: 'no tick',
  at: 100,
  since: 90,
  value: null,
  seq: null,
  correlation_id: null,
  suppressed: 0,
  acknowledged: null,
  silenced_by: null,
  deliveries: [],
  ...more,
});
const acknowledged = { at: 1, by: null, note: null };

describe('open alerts', () => {
  it('come in the order in which somebody has to look at them', () => {
    const alerts = [
      alert('seen', { severity: 'critical', acknowledged }),
      alert('info', { severity: 'info' }),
      alert('old', { severity: 'critical', at: 50 }),
      alert('new', { severity: 'critical', at: 60 }),
      alert('warning'),
    ];
    expect(inUrgency(alerts).map(({ id }) => id)).toEqual(['new', 'old', 'warning', 'info', 'seen']);
  });

  it('are told in a headline, and that nobody watches too', () => {
    const open = [alert('a'), alert('b', { acknowledged })];
    expect(headline({ open, running: true, rules_problem: null })).toBe(
      '2 open, 1 of them not acknowledged.',
    );
    expect(headline({ open: [], running: false, rules_problem: 'line 3' })).toBe(
      'Nothing is open; nobody watches: the alerts do not run; the rule file has a mistake.',
    );
  });

  it('are found by their id, in the history too', () => {
    const page = { open: [alert('a')], history: [alert('b')] };
    expect(findAlert(page, 'b')?.id).toBe('b');
    expect(findAlert(page, 'c')).toBeUndefined();
  });
});

it('rules that fire come first, then the severe ones', () => {
  const rule = (name: string, severity: AlertRule['severity'], firing = 0): AlertRule => ({
    name,
    severity,
    firing,
    description: null,
    condition: '',
    channels: [],
  });
  const rules = [rule('b', 'warning'), rule('a', 'warning'), rule('c', 'critical'), rule('d', 'info', 1)];
  expect(rulesInUrgency(rules).map(({ name }) => name)).toEqual(['d', 'c', 'a', 'b']);
});

describe('deliveries', () => {
  const delivery = { channel: 'night', state: 'waiting', attempts: 3, at: 1, error: 'HTTP 500' } as const;

  it('say why they have not arrived, and no more of it once they have', () => {
    expect(sayDelivery(delivery)).toEqual({ state: 'night: waiting', details: '3 attempts, HTTP 500' });
    expect(sayDelivery({ ...delivery, state: 'delivered' }).details).toBe('3 attempts');
    expect(sayDelivery({ ...delivery, state: 'delivered', attempts: 1 }).details).toBe('');
    expect(sayDelivery({ ...delivery, attempts: 0, error: null }).details).toBe('');
  });

  it('are summed up by what is worst', () => {
    const given_up = { ...delivery, state: 'given_up' } as const;
    expect(sayDeliveries([delivery, given_up])).toEqual({ text: '1 given up, 1 waiting', tone: 'bad' });
    expect(sayDeliveries([{ ...delivery, state: 'delivered' }])).toEqual({ text: '1 delivered', tone: 'ok' });
    expect(sayDeliveries([])).toEqual({ text: 'no channel', tone: 'quiet' });
  });

  it('tell how their channel is', () => {
    const channel = { name: 'n', kind: 'log', waiting: 0, delivered: 1, given_up: 0, last_error: null };
    expect(channelTone(channel)).toBe('ok');
    expect(channelTone({ ...channel, waiting: 2 })).toBe('ok');
    expect(channelTone({ ...channel, waiting: 2, last_error: 'refused' })).toBe('bad');
    expect(channelTone({ ...channel, given_up: 1 })).toBe('warn');
    expect(channelTone({ ...channel, last_error: 'it was refused once' })).toBe('ok');
  });
});

describe('silences', () => {
  const silence: Silence = {
    id: 1,
    rule: 'no-ticks',
    key: null,
    from: 100,
    until: 200,
    reason: 'known',
    by: null,
  };

  it('need a scope and a reason', () => {
    const draft = { rule: '', key: ' ', seconds: 60, reason: 'x' };
    expect(problemOf(draft)).toContain('everything');
    expect(problemOf({ ...draft, rule: 'a', reason: ' ' })).toContain('why');
    expect(problemOf({ ...draft, key: 'EURUSD' })).toBeNull();
  });

  it('are sent without what was not chosen', () => {
    expect(silenceOf({ rule: '', key: ' EURUSD ', seconds: 60, reason: ' known ' }, 100)).toEqual({
      rule: null,
      key: 'EURUSD',
      from: 100,
      until: 160,
      reason: 'known',
    });
  });

  it('are to come, in force, over', () => {
    expect([99, 100, 199.9, 200].map((now) => phaseOf(silence, now))).toEqual([
      'to come',
      'in force',
      'in force',
      'over',
    ]);
    const later = { ...silence, id: 2, from: 150 };
    const over = { ...silence, id: 3, until: 110 };
    expect(inOrder([over, later, silence], 120).map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  it('hold for their rule and their key, while they are in force', () => {
    const about = { rule: 'no-ticks', key: 'EURUSD' };
    expect(silenceFor(about, [silence], 150)).toBe(silence);
    expect(silenceFor(about, [silence], 250)).toBeUndefined();
    expect(silenceFor({ ...about, rule: 'other' }, [silence], 150)).toBeUndefined();
    expect(silenceFor(about, [{ ...silence, key: 'GBPUSD' }], 150)).toBeUndefined();
    expect(silenceFor(about, [{ ...silence, rule: null, key: 'EURUSD' }], 150)).toBeDefined();
  });

  it('say what they are for', () => {
    expect(sayScope({ rule: 'a', key: 'b' })).toBe('a, b alone');
    expect(sayScope({ rule: null, key: 'b' })).toBe('b, whatever the rule');
    expect(sayScope({ rule: null, key: null })).toBe('everything');
  });
});
