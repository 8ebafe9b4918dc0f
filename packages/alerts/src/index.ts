export { showDuration } from './duration.js';
export { AlertEngine, type EngineState } from './engine.js';
export { RuleFileError, type RuleProblem, readRules } from './rule-file.js';
export type { Schedule } from './schedule.js';
export { starterRules } from './starter.js';
export { type Alert, type Rule, type SeenEvent, type Severity, severities } from './types.js';
export { type Condition, type SystemFigure, systemFigures } from './when.js';
