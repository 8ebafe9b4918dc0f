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

/** Most shapes have no more keys than this; they are spared half of the work when `data` is read. */
const fewKeys = 6;

/**
 * The expression that writes `data` out again from a row of `event_rows`. It uses nothing but `replace`, so
 * that every SQLite shell reads it; a row without a shape holds its text as it came.
 */
export function sqlOfData(row: string): string {
  return `CASE WHEN ${row}.shape_id IS NULL THEN ${row}.data_short
    ELSE (SELECT CASE h.k${fewKeys} WHEN '' THEN ${sqlOfKeys(row, fewKeys)}
        ELSE ${sqlOfKeys(row, keyTokens.length)} END
      FROM shapes h WHERE h.shape_id = ${row}.shape_id) END`;
}

function sqlOfKeys(row: string, keys: number): string {
  const symbol = `(SELECT y.name FROM symbols y WHERE y.symbol_id = ${row}.symbol_id)`;
  // The row's own words come last: what they bring in is never taken for a code.
  const codes: Array<[token: string, text: string]> = [
    ...keyTokens.slice(0, keys).map((token, i): [string, string] => [token, `h.k${i}`]),
    [secondsToken, `CAST(${row}.timestamp AS INTEGER)`],
    [symbolToken, `ifnull(${symbol}, '')`],
    [correlationToken, `ifnull(${row}.correlation_id, '')`],
  ];
  return codes.reduce(
    (sql, [token, text]) => `replace(${sql}, char(${token.charCodeAt(0)}), ${text})`,
    `${row}.data_short`,
  );
}
