import { copyRows } from '../raw/copy-rows.js';
import { askPanels } from '../raw/panels.js';
import { applyAlone, buildStore, newestOf } from '../raw/store-alone.js';
import type { Commands } from '../system/program.js';
import { serve } from './serve.js';

/** SQLite in a process of its own: with the store, and without. */
export interface SqliteCommands extends Commands {
  /** Puts the rows of one store into another through bare statements; how long the inserting took, ms. */
  copyRows: typeof copyRows;
  /** Applies events that are parsed already; how long that took, milliseconds. */
  applyAlone: typeof applyAlone;
  buildStore: typeof buildStore;
  newestOf: typeof newestOf;
  askPanels: typeof askPanels;
}

const commands: SqliteCommands = { copyRows, applyAlone, buildStore, newestOf, askPanels };

serve(commands);
