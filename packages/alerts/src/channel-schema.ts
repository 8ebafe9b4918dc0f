import * as v from 'valibot';
import type { ChannelKind, ChannelRule } from './channel.js';
import { duration, name, text } from './fields.js';
import { severities } from './types.js';

const groupings = ['rule', 'severity', 'all', 'none'] as const;

const base = {
  name,
  severity: v.optional(v.picklist(severities), 'info'),
  resolved: v.optional(v.boolean(), true),
  group: v.optional(
    v.pipe(
      v.strictObject({ by: v.optional(v.picklist(groupings), 'rule'), wait: v.optional(duration, '5s') }),
      v.transform(({ by, wait }) => ({ by, wait_s: wait })),
    ),
    {},
  ),
};

const url = v.pipe(
  v.string(),
  v.maxLength(2_000, 'at most 2,000 characters'),
  v.check((given) => /^https?:$/.test(protocolOf(given)), 'an address that begins with https:// or http://'),
);
const address = v.pipe(
  v.string(),
  v.regex(/^[^\s@<>",;]+@[^\s@<>",;]+$/, 'an address such as desk@example.com'),
);
const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));

const channels = {
  webhook: v.strictObject({
    ...base,
    kind: v.literal('webhook'),
    url,
    secret: v.optional(v.nullable(text), null),
  }),
  slack: v.strictObject({ ...base, kind: v.literal('slack'), url }),
  discord: v.strictObject({ ...base, kind: v.literal('discord'), url }),
  telegram: v.strictObject({
    ...base,
    kind: v.literal('telegram'),
    token: v.pipe(v.string(), v.regex(/^[A-Za-z0-9:_-]+$/, 'the token of a bot')),
    chat: v.union([v.pipe(v.number(), v.transform(String)), text], 'the id or the @name of a chat'),
    url: v.optional(url, 'https://api.telegram.org'),
  }),
  email: v.pipe(
    v.strictObject({
      ...base,
      kind: v.literal('email'),
      host: text,
      port: v.optional(port),
      security: v.optional(v.picklist(['tls', 'starttls', 'none']), 'starttls'),
      user: v.optional(v.nullable(text), null),
      password: v.optional(v.nullable(text), null),
      from: address,
      to: v.union(
        [
          v.pipe(
            address,
            v.transform((one) => [one]),
          ),
          v.pipe(v.array(address), v.minLength(1, 'at least one address'), v.maxLength(50, 'at most 50')),
        ],
        'an address, or a list of them',
      ),
    }),
    v.transform((given) => ({ ...given, port: given.port ?? (given.security === 'tls' ? 465 : 587) })),
  ),
  command: v.strictObject({
    ...base,
    kind: v.literal('command'),
    command: v.pipe(v.array(v.string()), v.minLength(1, 'a program and its arguments, as a list')),
  }),
  log: v.strictObject({ ...base, kind: v.literal('log'), file: v.optional(v.nullable(text), null) }),
} satisfies Record<ChannelKind, v.GenericSchema<unknown, ChannelRule>>;

const kinds = Object.keys(channels) as ChannelKind[];

/** A channel as people write it, made into one as it is used; what is wrong is said of its own kind alone. */
export const channelSchema = v.lazy((input): v.GenericSchema<unknown, ChannelRule> => {
  const kind = typeof input === 'object' && input !== null && 'kind' in input ? input.kind : undefined;
  const known = kinds.find((each) => each === kind);
  if (known !== undefined) return channels[known] as v.GenericSchema<unknown, ChannelRule>;
  return v.object({ kind: v.picklist(kinds, `one of ${kinds.join(', ')}`) }) as unknown as v.GenericSchema<
    unknown,
    ChannelRule
  >;
});

function protocolOf(given: string): string {
  return URL.canParse(given) ? new URL(given).protocol : '';
}
