import { showFound } from '@bitten/schema';
import type { Definition, Place, Setting, SettingValues } from './declare.js';
import { type AppName, findFile, readSettingsFile, type SettingsFile } from './file.js';
import { type CommandLine, readFlags } from './flags.js';
import { type Environment, findPlace } from './place.js';
import { type SettingProblem, type SettingSource, SettingsError } from './problems.js';
import { checkValue, describeExpected, formatValue, type Raw } from './values.js';

/** Where one value came from. */
export interface Origin {
  source: SettingSource;
  /** `--pub-port`, `BITTEN_PUB_PORT`, `/srv/bitten.yaml: pubPort`, `default`. */
  where: string;
}

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
  for (const [name, setting] of Object.entries<Setting>(definition)) {
    const candidate = choose({ name, setting, flags, env, file, place });
    const checked = checkValue(setting, candidate.raw, candidate.base);
    if (checked.ok) values[name] = checked.value;
    else problems.push(wrongValue(name, setting, candidate));
    origins[name] = { source: candidate.source, where: candidate.where };
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

interface Candidate extends Origin {
  raw: Raw | undefined;
  /** Where a relative path starts from. */
  base: string;
}

/** The value that wins, by precedence. */
function choose(from: {
  name: string;
  setting: Setting;
  flags: CommandLine;
  env: Environment;
  file: SettingsFile;
  place: Place;
}): Candidate {
  const { name, setting, flags, env, file, place } = from;
  const flag = flags.values.get(name);
  if (flag !== undefined) return { source: 'flag', where: setting.flag, raw: flag, base: place.cwd };
  const variable = nonEmpty(env[setting.env]);
  if (variable !== undefined) {
    return { source: 'environment', where: setting.env, raw: variable, base: place.cwd };
  }
  const entry = file.values.get(name);
  if (entry !== undefined) return { source: 'file', ...entry, base: file.base };
  const fallback: unknown = typeof setting.default === 'function' ? setting.default(place) : setting.default;
  return { source: 'default', where: 'default', raw: fallback as Raw | undefined, base: place.root };
}

/** An empty variable counts as absent, as `BITTEN_HOST= bitten …` and container files mean it. */
function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function wrongValue(name: string, setting: Setting, candidate: Candidate): SettingProblem {
  const remedies: Record<SettingSource, string> = {
    flag: `correct ${setting.flag}`,
    environment: `correct or unset ${setting.env}`,
    file: 'correct the file',
    default: 'this is a bug of the program: its default breaks its own rule',
  };
  return {
    setting: name,
    source: candidate.source,
    where: candidate.where,
    found: showFound(candidate.raw),
    expected: describeExpected(setting),
    remedy: remedies[candidate.source],
  };
}
