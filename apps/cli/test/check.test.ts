import { MemoryStore } from '@bitten/storage/store';
import type { BusStats, CursorInfo } from '@bitten/transport';
import type { Vitals } from '@bitten/vitals';
import { describe, expect, test } from 'vitest';
import { type Check, judge, worstOf } from '../src/health/check.js';
import { checkNames, judgeHealth } from '../src/health/checks.js';
import { parseComponent } from '../src/health/components.js';
import { limitRules, readLimits } from '../src/health/limits.js';
import { asNagios, asText, statusOf } from '../src/health/show.js';
import { colorsFor } from '../src/show/terminal.js';

const now = 1_000_000;
const gibi = 1024 ** 3;

function cursor(name: string, more: Partial<CursorInfo> = {}): CursorInfo {
  return { name, log: 'events', next: 101, hold: true, lag: 0, committed_at: now, ...more };
}

/** A bus and a store with 100 events, in which all is well. */
function wellFacts(): Vitals & { bus: { ok: true; stats: BusStats }; store: { ok: true } } {
  const stats: BusStats = {
    uptime_s: 4,
    started_at: now - 4,
    events: { received: 0, appended: 0, duplicates: 0, rejected: 0, by_type: {} },
    log: { first: 1, next: 101, bytes: 2000, segments: 1, last_append_at: now },
    dead_letters: { first: 1, next: 1 },
    commits: { count: 1, fsync_p50_ms: 1, fsync_p99_ms: 1 },
    clients: 1,
    cursors: [cursor('collector')],
    memory_rss_bytes: 100 * 1024 ** 2,
    unavailable: null,
  };
  const summary = {
    ...new MemoryStore().summary(),
    log_id: 'log-a',
    rows: 100,
    last_timestamp: now - 3,
    cursors: { events: 101, dead_letters: 1 },
  };
  return {
    at: now,
    bus: { ok: true, server: 'bitten-bus/1', log_id: 'log-a', stats },
    store: { ok: true, file: 'store.db', summary },
    oldest_unstored_at: null,
    disks: [{ what: 'data', free_bytes: 50 * gibi, total_bytes: 100 * gibi }],
    spools: { spools: 0, bytes: 0 },
    components: new Map(),
  };
}

function checked(
  change: (facts: ReturnType<typeof wellFacts>) => void,
  options: Record<string, string> = {},
  components: string[] = [],
): Map<string, Check> {
  const facts = wellFacts();
  change(facts);
  const expected = { limits: readLimits(options), components: components.map(parseComponent) };
  return new Map(judgeHealth(facts, expected).map((check) => [check.name, check]));
}

/** What is not ok, by name. */
function bad(...args: Parameters<typeof checked>): Record<string, string> {
  const entries = [...checked(...args)].filter(([, { status }]) => status !== 'ok');
  return Object.fromEntries(entries.map(([name, { status }]) => [name, status]));
}

describe('judging', () => {
  test('where all is well nothing is said to be wrong', () => {
    expect(bad(() => {})).toEqual({});
    expect([...checked(() => {}).keys()]).toEqual(
      checkNames.filter((name) => name !== 'newest' && name !== 'components'),
    );
  });

  test('a bus that does not answer is critical, and what only it knows is unknown', () => {
    expect(bad((facts) => Object.assign(facts, { bus: { ok: false, why: 'nobody listens' } }))).toEqual({
      bus: 'critical',
      log: 'unknown',
      lag: 'unknown',
      retention: 'unknown',
      memory: 'unknown',
    });
  });

  test('a log that cannot be written is critical, with its reason', () => {
    const found = checked((facts) => {
      facts.bus.stats.unavailable = { since: now - 60, why: 'ENOSPC' };
    });
    expect(found.get('log')).toMatchObject({ status: 'critical', text: 'not writable for 1 min: ENOSPC' });
  });

  test.each([
    [99, 'ok'],
    [10_000, 'warning'],
    [100_000, 'critical'],
  ])('a store %i events behind is %s', (lag, status) => {
    const found = checked((facts) => {
      facts.bus.stats.log.next = 101 + lag;
      facts.oldest_unstored_at = now - 1;
    });
    expect(found.get('lag')).toMatchObject({ status });
  });

  test('few events that wait for long are a lag as well', () => {
    const late = (age_s: number) => (facts: ReturnType<typeof wellFacts>) => {
      facts.bus.stats.log.next = 102;
      facts.oldest_unstored_at = now - age_s;
    };
    expect(bad(late(29))).toEqual({});
    expect(bad(late(30))).toEqual({ lag: 'warning' });
    expect(bad(late(300))).toEqual({ lag: 'critical' });
    expect(bad(late(300), { lagTimeCrit: 'none', lagTimeWarn: '10min' })).toEqual({});
  });

  test('of a store that cannot be read, or is of another log, the cursor at the bus tells', () => {
    const behind = (facts: ReturnType<typeof wellFacts>) => {
      facts.bus.stats.cursors = [cursor('collector', { next: 1, lag: 100 })];
      Object.assign(facts, { store: { ok: false, why: 'locked' } });
    };
    expect(checked(behind).get('lag')?.text).toContain('100 events');
    expect(bad(behind)).toEqual({ store: 'critical', 'dead-letters': 'unknown' });
    const nobody = (facts: ReturnType<typeof wellFacts>) => {
      facts.bus.stats.cursors = [];
      Object.assign(facts, { store: { ok: false, why: 'missing' } });
    };
    expect(bad(nobody).lag).toBe('critical');
    const foreign = (facts: ReturnType<typeof wellFacts>) => {
      facts.bus.stats.cursors = [];
      facts.bus.log_id = 'log-b';
    };
    expect(bad(foreign).lag).toBe('critical');
  });

  test('dead letters, spools, memory and holding cursors have limits of their own', () => {
    expect(
      bad((facts) => {
        if (facts.store.ok) facts.store.summary.dead_letters_open = 1;
        facts.spools = { spools: 1, bytes: 600 * 1024 ** 2 };
        facts.bus.stats.memory_rss_bytes = 400 * 1024 ** 2;
        facts.bus.stats.cursors.push(
          cursor('report', { lag: 2_000_000 }),
          cursor('free', { hold: false, lag: 9e9 }),
        );
      }),
    ).toEqual({ 'dead-letters': 'warning', spools: 'critical', memory: 'warning', retention: 'critical' });
  });

  test('of a disk it is little that is bad', () => {
    const free = (bytes: number) => (facts: ReturnType<typeof wellFacts>) => {
      facts.disks = [{ what: 'data', free_bytes: bytes, total_bytes: 100 * gibi }];
    };
    expect(bad(free(5 * gibi + 1))).toEqual({});
    expect(bad(free(5 * gibi))).toEqual({ disk: 'warning' });
    expect(bad(free(gibi))).toEqual({ disk: 'critical' });
    expect(bad(free(gibi), { diskWarn: '500MiB', diskCrit: '100MiB' })).toEqual({});
    expect(bad((facts) => Object.assign(facts, { disks: [{ what: 'data', why: 'ENOENT' }] }))).toEqual({
      disk: 'unknown',
    });
  });

  test('the newest event counts only where a limit is given', () => {
    const old = (facts: ReturnType<typeof wellFacts>) => {
      if (facts.store.ok) facts.store.summary.last_timestamp = now - 3_600;
    };
    expect(bad(old)).toEqual({});
    expect(bad(old, { newestCrit: '5min' })).toEqual({ newest: 'critical' });
    expect(bad(old, { newestWarn: '5min' })).toEqual({ newest: 'warning' });
  });

  test('a component has to be heard of in time, and to say that it is well', () => {
    const heard = (status: string, age_s: number) => (facts: ReturnType<typeof wellFacts>) => {
      facts.components = new Map([['guard', { status, at: now - age_s }]]);
    };
    expect(bad(heard('running', 59), {}, ['guard:60s'])).toEqual({});
    expect(bad(heard('running', 60), {}, ['guard:60s'])).toEqual({ components: 'critical' });
    expect(bad(heard('degraded', 1), {}, ['guard:60s'])).toEqual({ components: 'warning' });
    expect(bad(heard('running', 1), {}, ['guard:60s', 'other:1d'])).toEqual({ components: 'critical' });
    expect(parseComponent('a:b:2min')).toEqual({ name: 'a:b', age_s_max: 120 });
    for (const wrong of ['guard', 'guard:', ':60s', 'guard:soon'])
      expect(() => parseComponent(wrong)).toThrow();
  });

  test('what is known to be wrong weighs more than what is not known', () => {
    expect(worstOf([])).toBe('ok');
    expect(worstOf(['ok', 'unknown'])).toBe('unknown');
    expect(worstOf(['unknown', 'warning', 'ok'])).toBe('warning');
    expect(worstOf(['critical', 'unknown', 'warning'])).toBe('critical');
    expect(judge(5, { warn: null, crit: null, isBelow: false })).toBe('ok');
  });

  test('every limit is read from its flags, and a wrong one is named', () => {
    for (const name of Object.keys(limitRules)) {
      const flag = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
      const limits = readLimits({ [`${flag}Warn`]: '7', [`${flag}Crit`]: 'none' });
      expect(limits[name as keyof typeof limits]).toMatchObject({ warn: 7, crit: null });
      expect(() => readLimits({ [`${flag}Crit`]: 'much' })).toThrow(`--${name}-crit`);
    }
  });
});

describe('showing', () => {
  const trouble = () => [
    ...checked((facts) => {
      facts.bus.stats.unavailable = { since: now - 1, why: 'a | bar\nand a break' };
    }).values(),
  ];

  test('a plugin line has its performance data behind the only bar', () => {
    const [line, ...details] = asNagios({ at: now, checks: trouble() }).trimEnd().split('\n');
    expect(line).toMatch(
      /^BITTEN CRITICAL - log: not writable for 1 s: a \/ bar␊and a break \| 'bus_up'=1;; /,
    );
    expect(line!.split('|')).toHaveLength(2);
    expect(line).toContain("'disk_free_bytes data'=53687091200B;5368709120:;1073741824:");
    expect(line).toContain("'lag'=0;10000;100000");
    expect(details).toHaveLength(trouble().length);
    expect(asNagios({ at: now, checks: [...checked(() => {}).values()] })).toMatch(
      /^BITTEN OK - 9 checks \|/,
    );
  });

  test('the text has a line for each check', () => {
    const checks = trouble();
    const lines = asText({ at: now, checks }, colorsFor({ isTTY: false } as NodeJS.WriteStream))
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(checks.length);
    expect(lines[1]).toBe('critical  log           not writable for 1 s: a | bar␊and a break');
    expect(statusOf({ at: now, checks })).toBe('critical');
  });
});
