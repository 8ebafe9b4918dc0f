import { BittenError } from '@bitten/schema';
import type * as v from 'valibot';

/** Where relative paths and the workspace's root are looked for. All absolute. */
export interface Place {
  /** What relative paths in flags and environment variables start from: the folder the command was typed in. */
  cwd: string;
  /** The nearest folder upwards that holds `pnpm-workspace.yaml`; `cwd` where there is none. */
  root: string;
}

/** What a number counts. With `bytes` and the durations, suffixes such as `64MiB`, `7d` and `5ms` are understood. */
export type Unit = 'bytes' | 'milliseconds' | 'seconds' | 'events';

/** One setting, declared once: parsing, checking, `--help` and `config show` all follow from this. */
export interface Setting<Schema extends v.GenericSchema = v.GenericSchema> {
  /** Its environment variable, `BITTEN_…`. */
  env: `BITTEN_${string}`;
  /** Its flag, `--…` in kebab case. */
  flag: `--${string}`;
  /** What a right value is. A nullable schema also takes the word `none`, a list is separated by commas. */
  schema: Schema;
  /** A value, or a function of the place. It is checked by the schema as well. */
  default: v.InferOutput<Schema> | ((place: Place) => v.InferOutput<Schema>);
  unit?: Unit;
  /** A file or folder: a relative one becomes absolute, from `cwd`, or from the settings file that names it. */
  path?: boolean;
  /** One sentence fragment for `--help`. */
  description: string;
}

/** Settings by name. The name is the key in the settings file and in the loaded values. */
export type Definition = Readonly<Record<string, Setting>>;

/** The typed values a definition loads. */
export type SettingValues<D extends Definition> = {
  [Name in keyof D]: D[Name] extends Setting<infer Schema> ? v.InferOutput<Schema> : never;
};

const reservedFlags = new Set(['--config', '--help', '--version']);

/**
 * Declares settings and returns them with their types kept. Spread others in to share them:
 * `defineSettings({ ...sharedSettings, segmentBytes: { … } })`.
 * Throws `BittenError` with code `bad_definition` where two settings share a flag or a variable: a bug of the app.
 */
export function defineSettings<const Schemas extends Record<string, v.GenericSchema>>(
  settings: {
    [Name in keyof Schemas]: Setting<Schemas[Name]>;
  },
): { readonly [Name in keyof Schemas]: Setting<Schemas[Name]> } {
  const taken = new Set<string>(reservedFlags).add('BITTEN_CONFIG');
  for (const [name, { env, flag }] of Object.entries<Setting>(settings)) {
    for (const word of [env, flag]) {
      if (taken.has(word)) {
        throw new BittenError('bad_definition', `setting ${name}: ${word} is declared twice or reserved`);
      }
      taken.add(word);
    }
  }
  return settings;
}
