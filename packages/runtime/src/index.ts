export { type CommandOptions, runCommand } from './command.js';
export { type Component, Components, type StopReport } from './components.js';
export { describeError, StopDeadlineError, UsageError } from './errors.js';
export { exitCodes } from './exit-codes.js';
export { ensurePrivateFolder, FolderError } from './files.js';
export type { HealthPages } from './health/health-pages.js';
export { metricsText } from './health/metrics-text.js';
export { openHealthPages } from './health/open-health-pages.js';
export { type WaitingSpools, waitingSpools } from './health/spools.js';
export { startHealth } from './health/start-health.js';
export { countStart } from './health/starts.js';
export type {
  DurationFamily,
  Health,
  HealthOptions,
  HealthSource,
  MetricFamily,
  NoteDuration,
  NotReady,
  Sample,
} from './health/types.js';
export { type AppContext, type AppDefinition, type AppOptions, runApp } from './lifecycle.js';
export { type AcquireLockOptions, acquireLock, findHolder, type Lock, LockedError } from './lock.js';
export type { LockHolder } from './lock-file.js';
export { type CreateLoggerOptions, createLogger, type Logger } from './logger.js';
export { closeToOthers } from './private-files.js';
export { checkLiveness, identifySelf, type Liveness, type ProcessIdentity } from './process-identity.js';
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
  type FileInspection,
  type InspectedSetting,
  type InspectOptions,
  inspectSettings,
  type SettingsInspection,
} from './settings/inspect.js';
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
export { healthPorts, keysFolder, portSchema, sharedSettings } from './settings/shared.js';
export { formatQuantity, parseQuantity } from './settings/units.js';
export { versionOf } from './version.js';
