/**
 * What was refused: shown, corrected, published again, discarded.
 *
 * @module @bitten/dead-letters
 */
export type { Ask } from './ask.js';
export type { Caution } from './cautions.js';
export { type Change, changePayload, type Path, parsePath } from './change.js';
export { deciderName } from './decider.js';
export {
  AlreadyDrivenError,
  BadChangeError,
  BadResolutionError,
  CautionError,
  NoSuchLetterError,
  OtherLogError,
  StillInvalidError,
} from './errors.js';
export { type Examination, type ExamineOptions, examine, examineText } from './examine.js';
export { fetchLetter, findLetter, type StoredLetters } from './fetch.js';
export { compactJson, prettyJson } from './json/layout.js';
export { type DeadLetter, discarderOf, driverOf } from './letter.js';
export { type Payload, readPayload } from './payload.js';
export { type Discarded, type Driven, type DriveOptions, Settler, type SettlerOptions } from './settler.js';
