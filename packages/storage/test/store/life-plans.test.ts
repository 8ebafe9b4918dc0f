import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { lifecycleStates, openStore } from '../../src/store/index.js';
import { LifeReader } from '../../src/store/lives/life-reader.js';
import { useTempDir } from './helpers.js';

describe('the plans of what is asked of lives', () => {
  const tempDir = useTempDir();

  /** The plans of all statements that a question needs. */
  function plansOf(ask: (reader: LifeReader) => void): string[] {
    const file = join(tempDir(), 'store.db');
    openStore({ file }).close();
    const said: string[] = [];
    const db = new Database(file, { readonly: true, verbose: (sql) => said.push(String(sql)) });
    ask(new LifeReader(db));
    const selects = said.filter((sql) => sql.startsWith('SELECT'));
    const plans = selects.flatMap((sql) => {
      const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as Array<{ detail: string }>;
      return steps.map(({ detail }) => detail);
    });
    db.close();
    expect(plans.length).toBeGreaterThan(1);
    return plans;
  }

  const ofRows = /SCAN (f|s|signal_lives|fire_lives|event_rows|r)\b(?! USING)/;

  it.each(lifecycleStates)('%s is answered from an index of what is asked alone', (state) => {
    const plans = plansOf((reader) => reader.select({ state, since: 5, limit: 10 }));
    const kind = state.replace('-', '_');
    expect(plans.join('\n')).toMatch(new RegExp(`fire_lives USING (COVERING )?INDEX fire_lives_${kind}`));
    if (state !== 'never-executed') {
      expect(plans.join('\n')).toMatch(
        new RegExp(`signal_lives USING (COVERING )?INDEX signal_lives_${kind}`),
      );
    }
    expect(plans.filter((step) => step.includes('TEMP B-TREE'))).toEqual([]);
  });

  it('one signal or fire is found by its id', () => {
    const plans = plansOf((reader) => reader.select({ id: 'x', limit: 10 }));
    expect(plans.filter((step) => ofRows.test(step))).toEqual([]);
  });

  it('the newest of all are the end of the tables', () => {
    const plans = plansOf((reader) => reader.select({ limit: 10 }));
    expect(plans.join('\n')).toContain('SEARCH fire_lives USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)');
    expect(plans.filter((step) => step.includes('TEMP B-TREE'))).toEqual([]);
  });

  it('what is counted by pattern reads no lives', () => {
    const plans = plansOf((reader) => reader.patterns());
    expect(plans.join('\n')).not.toMatch(/_lives/);
  });
});
