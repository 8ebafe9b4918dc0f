import * as v from 'valibot';
import { duration, name, text } from './fields.js';
import { dailySchedule, isZone, marketHours, type Schedule, weekdays } from './schedule.js';
import { type Rule, severities } from './types.js';
import { endless } from './watch/window.js';
import { type Condition, lifecycleFaults, systemFigures, windowFunctions } from './when.js';

const type = v.pipe(
  v.string(),
  v.minLength(1, 'a type'),
  v.maxLength(100, 'a type of at most 100 characters'),
);
const types = v.union(
  [
    v.pipe(
      type,
      v.transform((name) => [name]),
    ),
    v.pipe(v.array(type), v.minLength(1, 'at least one type')),
  ],
  'an event type, or a list of them',
);
const number = v.pipe(v.number(), v.finite('a finite number'));

const threshold = { above: v.optional(number), below: v.optional(number) };
const selection = { where: v.optional(text) };

function thresholdOf(given: { above?: number | undefined; below?: number | undefined }) {
  return { above: given.above ?? null, below: given.below ?? null };
}

function hasOne({ above, below }: { above?: number | undefined; below?: number | undefined }): boolean {
  return (above === undefined) !== (below === undefined);
}
const oneThreshold = 'either above or below';

const match = v.pipe(
  v.strictObject({ event: types, ...selection }),
  v.transform(({ event, where }): Condition => ({ kind: 'match', types: event, where: where ?? null })),
);

const rate = v.pipe(
  v.strictObject({
    rate_of: types,
    ...selection,
    within: duration,
    ...threshold,
    keys: v.optional(v.array(text), []),
  }),
  v.check((given) => hasOne(given), oneThreshold),
  v.check(({ below }) => below === undefined || below >= 1, 'below: at least 1'),
  v.check(({ above }) => above === undefined || (above >= 0 && above <= 100_000), 'above: 0 to 100,000'),
  v.check(({ below }) => below === undefined || below <= 100_000, 'below: at most 100,000'),
  v.transform(
    ({ rate_of, where, within, keys, ...given }): Condition => ({
      kind: 'rate',
      types: rate_of,
      where: where ?? null,
      within_s: within,
      keys,
      ...thresholdOf(given),
    }),
  ),
);

/** No event at all is fewer than one. */
const absence = v.pipe(
  v.strictObject({ absence_of: types, ...selection, within: duration, keys: v.optional(v.array(text), []) }),
  v.transform(
    ({ absence_of, where, within, keys }): Condition => ({
      kind: 'rate',
      types: absence_of,
      where: where ?? null,
      within_s: within,
      keys,
      above: null,
      below: 1,
    }),
  ),
);

const value = v.pipe(
  v.strictObject({
    value_of: types,
    ...selection,
    value: text,
    function: v.optional(v.picklist(windowFunctions), 'last'),
    within: v.optional(duration),
    ...threshold,
  }),
  v.check((given) => hasOne(given), oneThreshold),
  v.check(
    ({ function: name, within }) => within !== undefined || endless.includes(name),
    `within, unless the function is ${endless.join(', ')}`,
  ),
  v.transform(
    ({ value_of, where, value, function: name, within, ...given }): Condition => ({
      kind: 'value',
      types: value_of,
      where: where ?? null,
      value,
      function: name,
      within_s: within ?? null,
      ...thresholdOf(given),
    }),
  ),
);

const lifecycle = v.pipe(
  v.strictObject({ lifecycle: v.picklist(lifecycleFaults), within: v.optional(duration, '5s') }),
  v.transform(({ lifecycle: fault, within }): Condition => ({ kind: 'lifecycle', fault, within_s: within })),
);

const system = v.pipe(
  v.strictObject({ system: v.picklist(systemFigures), ...threshold }),
  v.check((given) => hasOne(given), oneThreshold),
  v.transform(
    ({ system: figure, ...given }): Condition => ({ kind: 'system', figure, ...thresholdOf(given) }),
  ),
);

const conditions = { event: match, rate_of: rate, absence_of: absence, value_of: value, lifecycle, system };
const kinds = Object.keys(conditions) as Array<keyof typeof conditions>;

/** Which condition it is, its first word says: so that what is wrong with it is said of that one alone. */
const when = v.lazy((input): v.GenericSchema<unknown, Condition> => {
  const given = kinds.filter((kind) => typeof input === 'object' && input !== null && kind in input);
  if (given.length === 1) return conditions[given[0]!] as v.GenericSchema<unknown, Condition>;
  return v.custom<Condition>(() => false, `one of ${kinds.join(', ')}`);
});

const timeOfDay = v.pipe(
  v.string(),
  v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as "08:00"'),
  v.transform((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))),
);

const daily = v.pipe(
  v.strictObject({
    days: v.optional(v.array(v.picklist(weekdays)), ['mon', 'tue', 'wed', 'thu', 'fri']),
    from: timeOfDay,
    to: timeOfDay,
    zone: v.pipe(v.string(), v.check(isZone, 'a time zone such as Europe/London')),
  }),
  v.transform(({ days, from, to, zone }) => dailySchedule({ days, from_min: from, to_min: to, zone })),
);

const during = v.lazy((input): v.GenericSchema<unknown, Schedule> => {
  if (typeof input === 'object' && input !== null) return daily as v.GenericSchema<unknown, Schedule>;
  return v.pipe(
    v.literal('market_hours', 'market_hours, or days, from, to and zone'),
    v.transform(() => marketHours),
  ) as v.GenericSchema<unknown, Schedule>;
});

/** A rule as people write it, made into a rule as the engine takes it. */
export const ruleSchema: v.GenericSchema<unknown, Rule> = v.pipe(
  v.strictObject({
    name,
    description: v.optional(text),
    severity: v.optional(v.picklist(severities), 'warning'),
    when,
    per: v.optional(text),
    during: v.optional(during),
    for: v.optional(duration, '0s'),
    cooldown: v.optional(duration, '0s'),
    message: v.optional(text),
    notify: v.optional(v.array(name)),
  }),
  v.check(
    ({ when: condition, per }) =>
      condition.kind !== 'rate' || condition.keys.length === 0 || per !== undefined,
    'per, which says what the keys are keys of',
  ),
  v.check(
    ({ when: condition, per }) => per === undefined || !['lifecycle', 'system'].includes(condition.kind),
    'no per: a lifecycle is watched by fire, the system as one',
  ),
  v.transform(
    (given): Rule => ({
      name: given.name,
      description: given.description ?? null,
      severity: given.severity,
      when: given.when,
      per: given.per ?? null,
      during: given.during ?? null,
      for_s: given.for,
      cooldown_s: given.cooldown,
      message: given.message ?? null,
      notify: given.notify ?? null,
    }),
  ),
);
