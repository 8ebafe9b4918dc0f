import { showFound } from '@bitten/schema';
import type { Definition, Place, Setting } from './declare.js';
import type { SettingsFile } from './file.js';
import type { CommandLine } from './flags.js';
import type { Environment } from './place.js';
import type { SettingProblem, SettingSource } from './problems.js';
import { checkValue, describeExpected, type Raw } from './values.js';

/** Where one value came from. */
export interface Origin {
  source: SettingSource;
  /** `--pub-port`, `BITTEN_PUB_PORT`, `/srv/bitten.yaml: pubPort`, `default`. */
  where: string;
}

/** The value that wins, before it is checked. */
interface Candidate extends Origin {
  raw: Raw | undefined;
  /** Where a relative path starts from. */
  base: string;
}

/** One setting as it was found: its value where that is right, and what is wrong with it where it is not. */
export interface Gathered {
  candidate: Candidate;
  /** Undefined where it is wrong. */
  value: unknown;
  problem: SettingProblem | null;
}

/** Everything settings are looked for in. */
export interface Sources {
  flags: CommandLine;
  env: Environment;
  file: SettingsFile;
  place: Place;
}

/** Looks for one setting everywhere and checks what is found. */
function gatherSetting(name: string, setting: Setting, sources: Sources): Gathered {
  const candidate = choose(name, setting, sources);
  const checked = checkValue(setting, candidate.raw, candidate.base);
  if (checked.ok) return { candidate, value: checked.value, problem: null };
  return { candidate, value: undefined, problem: wrongValue(name, setting, candidate) };
}

/** All settings of a definition, in the order of the declaration. */
export function gatherSettings(definition: Definition, sources: Sources): Map<string, Gathered> {
  return new Map(
    Object.entries<Setting>(definition).map(([name, setting]) => [
      name,
      gatherSetting(name, setting, sources),
    ]),
  );
}

/** By precedence. */
function choose(name: string, setting: Setting, { flags, env, file, place }: Sources): Candidate {
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
export function nonEmpty(text: string | undefined): string | undefined {
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
