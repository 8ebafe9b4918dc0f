/**
 * Codes that stand for the key fragments of a shape, in order. JSON text cannot hold a control character
 * except tab, line feed and carriage return, which are therefore left out: a code is never mistaken.
 */
export const keyTokens = [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15].map((code) => String.fromCharCode(code));

/** Stands for the whole seconds of the row's timestamp: a tick's own time mostly falls into the same second. */
export const secondsToken = String.fromCharCode(29);

/** Stands for the row's own correlation id, which `data` mostly repeats as signal_id or fire_id. */
export const correlationToken = String.fromCharCode(30);

/** Stands for the row's symbol. */
export const symbolToken = String.fromCharCode(31);

/**
 * The expression that writes `data` out again from a row of `event_rows`. It uses nothing but `replace`, so
 * that every SQLite shell reads it; a row without a shape holds its text as it came.
 */
export function sqlOfData(row: string): string {
  const keys = keyTokens.reduce(
    (sql, token, i) => `replace(${sql}, char(${token.charCodeAt(0)}), h.k${i})`,
    `${row}.data_short`,
  );
  const symbol = `ifnull((SELECT y.name FROM symbols y WHERE y.symbol_id = ${row}.symbol_id), '')`;
  const repeats: Array<[token: string, value: string]> = [
    [secondsToken, `CAST(${row}.timestamp AS INTEGER)`],
    [symbolToken, symbol],
    [correlationToken, `ifnull(${row}.correlation_id, '')`],
  ];
  const whole = repeats.reduce(
    (sql, [token, value]) => `replace(${sql}, char(${token.charCodeAt(0)}), ${value})`,
    keys,
  );
  return `CASE WHEN ${row}.shape_id IS NULL THEN ${row}.data_short
    ELSE (SELECT ${whole} FROM shapes h WHERE h.shape_id = ${row}.shape_id) END`;
}
