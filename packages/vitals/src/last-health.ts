import Database from 'better-sqlite3';

/** The last `system_health` of a component in the store. */
export interface LastHealth {
  status: string;
  /** When the bus appended it, Unix seconds. */
  at: number;
}

/** The last health of each; null where there is none. By index alone, however much is stored. */
export function lastHealthOf(file: string, names: readonly string[]): Map<string, LastHealth | null> {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const nextStatus = db
      .prepare('SELECT MIN(status) FROM health_events WHERE component = ? AND status > ?')
      .pluck();
    const newest = db
      .prepare('SELECT MAX(created_at) FROM health_events WHERE component = ? AND status = ?')
      .pluck();
    const lastOf = (name: string): LastHealth | null => {
      let last: LastHealth | null = null;
      for (
        let status = nextStatus.get(name, '');
        typeof status === 'string';
        status = nextStatus.get(name, status)
      ) {
        const at = newest.get(name, status) as number;
        if (last === null || at > last.at) last = { status, at };
      }
      return last;
    };
    return new Map(names.map((name) => [name, lastOf(name)]));
  } finally {
    db.close();
  }
}
