export { type CommandOptions, runCommand } from './command.js';
export { type Component, Components, type StopReport } from './components.js';
export { describeError, StopDeadlineError, UsageError } from './errors.js';
export { exitCodes } from './exit-codes.js';
export { ensurePrivateFolder, FolderError } from './files.js';
export { type AppContext, type AppDefinition, type AppOptions, runApp } from './lifecycle.js';
export { type AcquireLockOptions, acquireLock, findHolder, type Lock, LockedError } from './lock.js';
export type { LockHolder } from './lock-file.js';
export { type CreateLoggerOptions, createLogger, type Logger } from './logger.js';
export { closeToOthers } from './private-files.js';
export {
  type Definition,
  defineSettings,
  type Place,
  type Setting,
  type SettingValues,
  type Unit,
} from './settings/declare.js';
export { type AppName, appNames } from './settings/file.js';
export { alignTable, type HelpOptions, helpText } from './settings/help.js';
export {
  describeSettings,
  type Loaded,
  type LoadedSettings,
  type LoadOptions,
  loadSettings,
  type Origin,
  type SettingDescription,
} from './settings/load.js';
export { type DeclaredSettings, settingsMarkdown } from './settings/markdown.js';
export { type Environment, findPlace, findRoot } from './settings/place.js';
export { type SettingProblem, type SettingSource, SettingsError } from './settings/problems.js';
export { keysFolder, portSchema, sharedSettings } from './settings/shared.js';
export { formatQuantity, parseQuantity } from './settings/units.js';
export { versionOf } from './version.js';
