import { inspectSettings, type SettingsInspection } from '@bitten/runtime';
import { BittenError } from '@bitten/schema';
import type { Command } from 'commander';
import { givenFlags } from '../settings.js';
import { declaredBy, type ShownApp } from './apps.js';

/** The settings of some apps, as they would start here and now. */
export interface ConfigInspection {
  apps: SettingsInspection[];
  /** Apps whose settings cannot be told, and why. */
  unknown: Array<{ app: ShownApp; why: string; remedy: string }>;
}

/** Flags that were given count for the apps that have them; the others would refuse them. */
export async function inspectApps(program: Command, apps: readonly ShownApp[]): Promise<ConfigInspection> {
  const given = givenFlags(program);
  const inspection: ConfigInspection = { apps: [], unknown: [] };
  for (const app of apps) {
    try {
      const { definition, check } = await declaredBy(app);
      const flags = new Set<string>([...Object.values(definition).map(({ flag }) => flag), '--config']);
      const argv = given.filter((flag) => flags.has(flag.slice(0, flag.indexOf('='))));
      const from = { app, argv, env: process.env, cwd: process.cwd(), check };
      inspection.apps.push(inspectSettings(definition, from));
    } catch (error) {
      if (!(error instanceof BittenError)) throw error;
      inspection.unknown.push({ app, why: error.message, remedy: error.remedy ?? '' });
    }
  }
  return inspection;
}

/** How many things are wrong. One in the shared part of the file counts once for each app that reads it. */
export function countProblems({ apps, unknown }: ConfigInspection): number {
  const each = apps.map(
    ({ settings, problems }) => settings.filter(({ problem }) => problem !== null).length + problems.length,
  );
  return each.reduce((sum, count) => sum + count, unknown.length);
}
