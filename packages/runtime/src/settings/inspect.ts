import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { showFound } from '@bitten/schema';
import type { Definition, Place, Setting } from './declare.js';
import { type AppName, filesLookedFor, findFile, readSettingsFile, type SettingsFile } from './file.js';
import { readFlags } from './flags.js';
import { type Gathered, gatherSettings, nonEmpty } from './gather.js';
import type { LoadOptions, SettingDescription } from './load.js';
import { findPlace } from './place.js';
import { type SettingProblem, SettingsError } from './problems.js';
import { hideSecret, isSecret } from './secret.js';
import { formatValue } from './values.js';

/** A setting as it was found, right or wrong. */
export interface InspectedSetting extends SettingDescription {
  /** The line of the settings file it stands on; null where it comes from elsewhere. */
  line: number | null;
  /** What is wrong with it; `value` is null then, and `text` what was found. */
  problem: SettingProblem | null;
}

/** Where the settings file is, or would be. */
export interface FileInspection {
  /** The file that is read; null where there is none. */
  path: string | null;
  /** Who named it; null where it is the first that is there of those looked for. */
  namedBy: '--config' | 'BITTEN_CONFIG' | null;
  /** In this order. */
  lookedFor: string[];
}

/** All that can be said of one app's settings. */
export interface SettingsInspection {
  app: AppName;
  settings: InspectedSetting[];
  /** What is wrong beside the settings: unknown flags, unknown keys of the file, a file that cannot be read. */
  problems: SettingProblem[];
  file: FileInspection;
  /** What counts, by name; for a wrong one its default. For use, not to be printed: it hides no secrets. */
  values: Record<string, unknown>;
}

export interface InspectOptions extends LoadOptions {
  /** The app's own rule over all its settings together; throws `SettingsError`. Asked where each one is right. */
  check?: ((values: Record<string, unknown>) => void) | undefined;
}

/**
 * Every setting as an app that starts now would find it, the wrong ones in their places: what `loadSettings` says
 * of the first start that fails, of all at once. What looks like a secret is named and not shown.
 */
export function inspectSettings(definition: Definition, options: InspectOptions): SettingsInspection {
  const { app, env } = options;
  const flags = readFlags(definition, options.argv);
  const place = findPlace(options.cwd, env);
  const inEnvironment = nonEmpty(env.BITTEN_CONFIG);
  const named = flags.config ?? inEnvironment ?? options.file;
  const file = readSettingsFile(findFile(named, place), app, definition);
  const gathered = gatherSettings(definition, { flags, env, file, place });
  const lines = linesOf(file, app);
  const settings = [...gathered].map(([name, found]) =>
    describe({ name, setting: definition[name]!, found, lines }),
  );
  if (options.check !== undefined && settings.every(({ problem }) => problem === null)) {
    addProblems(settings, () =>
      options.check?.(Object.fromEntries([...gathered].map(([name, { value }]) => [name, value]))),
    );
  }
  const namedBy =
    flags.config !== undefined ? '--config' : inEnvironment !== undefined ? 'BITTEN_CONFIG' : null;
  return {
    app,
    settings,
    problems: [...flags.problems, ...file.problems],
    file: { path: file.path ?? null, namedBy, lookedFor: filesLookedFor(named, place) },
    values: valuesOf(definition, gathered, place),
  };
}

function describe(of: {
  name: string;
  setting: Setting;
  found: Gathered;
  lines: ReadonlyMap<string, number>;
}): InspectedSetting {
  const { name, setting, found, lines } = of;
  const { flag, env, description } = setting;
  const { raw, source, where } = found.candidate;
  const hidden = isSecret(raw);
  const problem = found.problem === null || !hidden ? found.problem : hideSecret(found.problem);
  return {
    name,
    flag,
    env,
    description,
    source,
    where,
    line: source === 'file' ? (lines.get(name) ?? null) : null,
    problem,
    ...(hidden
      ? { value: null, text: hideSecret.words }
      : problem === null
        ? { value: found.value, text: formatValue(setting, found.value) }
        : { value: null, text: showFound(raw) }),
  };
}

function valuesOf(
  definition: Definition,
  gathered: ReadonlyMap<string, Gathered>,
  place: Place,
): Record<string, unknown> {
  const defaultOf = (fallback: unknown): unknown =>
    typeof fallback === 'function' ? (fallback as (place: Place) => unknown)(place) : fallback;
  return Object.fromEntries(
    [...gathered].map(([name, { value, problem }]) => [
      name,
      problem === null ? value : defaultOf(definition[name]?.default),
    ]),
  );
}

/** Puts what a rule over all settings has to say to the settings it speaks of. */
function addProblems(settings: InspectedSetting[], check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const problem of error.problems) {
      const setting = settings.find(({ name }) => name === problem.setting);
      // The rule names the place people use most; here the one it came from is known.
      if (setting !== undefined) {
        setting.problem = { ...problem, source: setting.source, where: setting.where };
      }
    }
  }
}

/** The line of each setting in the file, by its name; nothing where the file is no YAML. */
function linesOf({ path, values }: SettingsFile, app: AppName): Map<string, number> {
  const lines = new Map<string, number>();
  if (path === undefined || values.size === 0) return lines;
  const yaml = createRequire(import.meta.url)('yaml') as typeof import('yaml');
  const counter = new yaml.LineCounter();
  const document = yaml.parseDocument(readFileSync(path, 'utf8'), { lineCounter: counter });
  const add = (node: unknown) => {
    if (!yaml.isMap(node)) return;
    for (const { key } of node.items) {
      if (!yaml.isScalar(key) || key.range == null) continue;
      lines.set(String(key.value), counter.linePos(key.range[0]).line);
    }
  };
  add(document.contents);
  // What the app's own section says wins, as when the values are read.
  add(document.get(app));
  return lines;
}
