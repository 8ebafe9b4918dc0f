export type {
  ChannelKind,
  ChannelRule,
  CommandChannel,
  DiscordChannel,
  EmailChannel,
  Grouping,
  LogChannel,
  SlackChannel,
  TelegramChannel,
  WebhookChannel,
} from './channel.js';
export { describeRule } from './describe-rule.js';
export { showDuration } from './duration.js';
export { AlertEngine, type EngineState } from './engine.js';
export { type RuleFile, RuleFileError, type RuleProblem, readRuleFile, readRules } from './rule-file.js';
export type { Schedule } from './schedule.js';
export { starterRules } from './starter.js';
export { type Alert, type Rule, type SeenEvent, type Severity, severities } from './types.js';
export { type Condition, type SystemFigure, systemFigures } from './when.js';
