export type { Envelope } from './envelope.js';
export {
  BittenError,
  describeIssue,
  type ErrorFacts,
  GapError,
  InvalidEventError,
  type Issue,
} from './errors.js';
export { cursorPattern, limits, producerPattern } from './limits.js';
