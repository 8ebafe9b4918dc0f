import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { shorten, showFound } from '@bitten/schema';
import type { Definition, Place } from './declare.js';
import { nearestName } from './nearest.js';
import type { SettingProblem } from './problems.js';
import { isShared, sharedSettings } from './shared.js';
import type { Raw } from './values.js';

/** The apps that may have a section of their own in the settings file. */
export const appNames = [
  'bus',
  'collector',
  'cli',
  'dev',
  'dashboard',
  'alerts',
  'archive',
  'bridge',
] as const;
export type AppName = (typeof appNames)[number];

/** What a settings file says to one app. */
export interface SettingsFile {
  /** Absolute; undefined where there is none. */
  path: string | undefined;
  /** Where relative paths in it start from. */
  base: string;
  /** Value and place by the name of the setting. */
  values: Map<string, { raw: Raw; where: string }>;
  problems: SettingProblem[];
}

/** `--config` or `BITTEN_CONFIG` when given; else `bitten.yaml` here or at the root; else undefined. */
export function findFile(named: string | undefined, place: Place): string | undefined {
  const places = filesLookedFor(named, place);
  return named === undefined ? places.find((path) => existsSync(path)) : places[0];
}

/** The files that may be the settings file, the first that is there counts; one that was named is the only one. */
export function filesLookedFor(named: string | undefined, place: Place): string[] {
  if (named !== undefined) return [resolve(place.cwd, named)];
  return [...new Set([place.cwd, place.root])].map((folder) => join(folder, 'bitten.yaml'));
}

/**
 * Reads the settings file for one app. All apps share one file: what they share stands at the top, what is one
 * app's own stands in a section with its name, and the section may also say a shared setting differently. Other
 * apps' sections are left to them.
 */
export function readSettingsFile(
  path: string | undefined,
  app: AppName,
  definition: Definition,
): SettingsFile {
  const file: SettingsFile = {
    path,
    base: path === undefined ? '' : dirname(path),
    values: new Map(),
    problems: [],
  };
  if (path === undefined) return file;
  const content = readYaml(path, file.problems);
  if (content === undefined) return file;
  const shared = Object.keys(sharedSettings);
  for (const [key, raw] of Object.entries(content)) {
    if (shared.includes(key)) {
      if (isShared(key, definition[key])) file.values.set(key, { raw, where: `${path}: ${key}` });
    } else if (!isAppName(key)) {
      const hint = key in definition ? `move it under ${app}:` : undefined;
      file.problems.push(unknownKey(`${path}: ${key}`, key, [...shared, ...appNames], hint));
    }
  }
  readSection({ file, section: content[app], app, known: Object.keys(definition) });
  return file;
}

function readSection(from: { file: SettingsFile; section: unknown; app: string; known: string[] }): void {
  const { file, section, app, known } = from;
  if (section === undefined || section === null) return;
  if (!isMapping(section)) {
    file.problems.push(
      problem(`${file.path}: ${app}`, describe(section), 'a mapping', 'write NAME: VALUE lines'),
    );
    return;
  }
  for (const [key, raw] of Object.entries(section)) {
    const where = `${file.path}: ${app}.${key}`;
    if (known.includes(key)) file.values.set(key, { raw, where });
    else file.problems.push(unknownKey(where, key, known));
  }
}

// The parser takes 35 ms to load; most runs of a command have no file to read.
const loadYaml = () => createRequire(import.meta.url)('yaml') as typeof import('yaml');

function readYaml(path: string, problems: SettingProblem[]): Record<string, Raw> | undefined {
  try {
    const content: unknown = loadYaml().parse(readFileSync(path, 'utf8')) ?? {};
    if (isMapping(content)) return content;
    problems.push(problem(path, describe(content), 'a mapping', 'write NAME: VALUE lines'));
  } catch (error) {
    const found = shorten(error instanceof Error ? error.message.split('\n')[0]! : String(error));
    problems.push(
      problem(path, found, 'a readable YAML file', 'correct the file, or name another with --config'),
    );
  }
  return undefined;
}

function unknownKey(where: string, key: string, known: Iterable<string>, hint?: string): SettingProblem {
  const nearest = nearestName(key, known);
  const remedy = hint ?? (nearest === undefined ? 'leave it out' : `did you mean ${nearest}?`);
  return problem(shorten(where), shorten(key), 'a known setting', remedy);
}

function problem(where: string, found: string, expected: string, remedy: string): SettingProblem {
  return { setting: undefined, source: 'file', where, found, expected, remedy };
}

function isMapping(value: unknown): value is Record<string, Raw> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAppName(key: string): boolean {
  return appNames.some((name) => name === key);
}

/** Bounded and one level deep: by its anchors a file of YAML can be a circle. */
function describe(value: unknown): string {
  return showFound(value);
}
