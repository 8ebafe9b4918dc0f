export { check, type Evidence } from './check/check.js';
export { type Logged, readLog } from './check/read-log.js';
export { UnreadableLogError } from './check/segment.js';
export { addCounts, type Counts, isClean, noCounts, type Verdict } from './check/verdict.js';
export { type Life, Load, type LoadOptions, type Watch } from './load/load.js';
export { invalidEvent, type NumberedEvent, numberedEvents } from './load/numbered.js';
export { type Change, locate, type Mutation, StaleMutationError } from './mutants/mutation.js';
export { mutations } from './mutants/mutations.js';
export {
  type MutantResult,
  type MutantsOptions,
  runMutants,
  UnknownMutationError,
} from './mutants/run-mutants.js';
export { type CrashPlace, type CrashPoint, crashPlaces, placeOf, type Victim } from './points.js';
export { whyNoImages } from './power/image.js';
export { type PowerCutsOptions, type PowerReport, runPowerCuts } from './power/run-power-cuts.js';
export type { Plan } from './preload/plan.js';
export { chooseFaults, pointFault } from './story/choose.js';
export { describe, type Fault, type FaultKind, faultKinds, type Target } from './story/fault.js';
export { playRound, type Round, type RoundOptions } from './story/round.js';
export { type FaultOptions, type FaultReport, runFaults } from './story/run.js';
export { noTally, type Tally } from './story/tally.js';
export { type Acked, readAcks, readNumbers, untilLines } from './system/lines.js';
export { apps, notBuilt, root } from './system/places.js';
export { freePorts, isFree, type Ports } from './system/ports.js';
export { type Ending, type LogLine, Program, type ProgramOptions } from './system/program.js';
export { lastSaid, reportOf, untilSaid } from './system/said.js';
export {
  type DeadLetterRow,
  deadLetterRows,
  type EventRow,
  eventRows,
  hasEvent,
  readStore,
  storedUpTo,
} from './system/store.js';
export { type RunOptions, type StartOptions, System, type SystemOptions } from './system/system.js';
export { type UntilOptions, until } from './system/until.js';
