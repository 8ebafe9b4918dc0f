import type { Definition, Setting, SettingValues } from './declare.js';
import { type AppName, findFile, readSettingsFile } from './file.js';
import { readFlags } from './flags.js';
import { gatherSettings, nonEmpty, type Origin } from './gather.js';
import { type Environment, findPlace } from './place.js';
import { SettingsError } from './problems.js';
import { formatValue } from './values.js';

export type { Origin } from './gather.js';

export interface LoadOptions {
  app: AppName;
  /** The arguments after the program's own name: `process.argv.slice(2)`. */
  argv: readonly string[];
  env: Environment;
  cwd: string;
  /** A settings file in place of the one that is looked for; `--config` and `BITTEN_CONFIG` still win. */
  file?: string;
}

/** Settings with where each came from. */
export interface LoadedSettings<D extends Definition> {
  request: 'run';
  app: AppName;
  definition: D;
  values: SettingValues<D>;
  origins: { readonly [Name in keyof D]: Origin };
  /** The settings file that was read; undefined where there is none. */
  file: string | undefined;
}

/** What the command line asks for. Help and version are answered whatever the other settings are. */
export type Loaded<D extends Definition> = LoadedSettings<D> | { request: 'help' } | { request: 'version' };

/** One line of `bitten config show`. */
export interface SettingDescription extends Origin {
  name: string;
  /** As a person would write it, with its unit. */
  text: string;
  value: unknown;
  flag: string;
  env: string;
  description: string;
}

/**
 * Reads settings: a flag wins over `BITTEN_*`, that over the file, that over the default.
 * Throws `SettingsError` with everything that is wrong: values, unknown flags, unknown keys of the file.
 */
export function loadSettings<D extends Definition>(definition: D, options: LoadOptions): Loaded<D> {
  const { app, env } = options;
  const flags = readFlags(definition, options.argv);
  if (flags.help) return { request: 'help' };
  if (flags.version) return { request: 'version' };

  const place = findPlace(options.cwd, env);
  const named = flags.config ?? nonEmpty(env.BITTEN_CONFIG) ?? options.file;
  const file = readSettingsFile(findFile(named, place), app, definition);
  const problems = [...flags.problems, ...file.problems];
  const values: Record<string, unknown> = {};
  const origins: Record<string, Origin> = {};
  for (const [name, found] of gatherSettings(definition, { flags, env, file, place })) {
    const { source, where } = found.candidate;
    values[name] = found.value;
    origins[name] = { source, where };
    if (found.problem !== null) problems.push(found.problem);
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return {
    request: 'run',
    app,
    definition,
    values: values as SettingValues<D>,
    origins: origins as { readonly [Name in keyof D]: Origin },
    file: file.path,
  };
}

/** Every setting with its value and where it came from, in the order of the declaration. */
export function describeSettings<D extends Definition>(loaded: LoadedSettings<D>): SettingDescription[] {
  return Object.entries<Setting>(loaded.definition).map(([name, setting]) => {
    const value: unknown = loaded.values[name];
    const { flag, env, description } = setting;
    return {
      name,
      text: formatValue(setting, value),
      value,
      flag,
      env,
      description,
      ...loaded.origins[name]!,
    };
  });
}
