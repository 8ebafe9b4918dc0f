import type { DealerCommands } from '../programs/dealer.js';
import type { PublisherCommands } from '../programs/publisher.js';
import type { ReaderCommands } from '../programs/reader.js';
import type { RouterCommands } from '../programs/router.js';
import type { SqliteCommands } from '../programs/sqlite.js';
import type { Program } from './program.js';

/** The programs of `src/programs`, by file name. */
export interface Programs {
  publisher: Program<PublisherCommands>;
  reader: Program<ReaderCommands>;
  router: Program<RouterCommands>;
  dealer: Program<DealerCommands>;
  sqlite: Program<SqliteCommands>;
}
