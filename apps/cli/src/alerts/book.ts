import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AlertBook, bookFile } from '@bitten/notify';
import { UsageError } from '@bitten/runtime';

/** Opens the book of a data folder that has one, and closes it after use. Throws `UsageError` and `BookError`. */
export function withBook<Result>(dataDir: string, use: (book: AlertBook) => Result): Result {
  const file = join(dataDir, bookFile);
  if (!existsSync(file)) {
    throw new UsageError(
      `there is no book of alerts at ${file}`,
      'the alerts make it when they are started; or say where it is: --data-dir',
    );
  }
  const book = new AlertBook({ dataDir });
  try {
    return use(book);
  } finally {
    book.close();
  }
}
