import {
  defineSettings,
  type LoadedSettings,
  loadSettings,
  type SettingValues,
  sharedSettings,
} from '@bitten/runtime';
import { type Command, Option } from 'commander';
import * as v from 'valibot';

const { dataDir, host, busPort, keyFile } = sharedSettings;

/** The settings of the command line, beside the options of each command. */
export const cliSettings = defineSettings({
  host,
  busPort,
  keyFile,
  dataDir,
  timeout: {
    env: 'BITTEN_TIMEOUT',
    flag: '--timeout',
    schema: v.pipe(v.number(), v.minValue(0)),
    default: 5_000,
    unit: 'milliseconds',
    description: 'how long to wait for the bus',
  },
});

export type CliSettings = SettingValues<typeof cliSettings>;

const placeholders: Readonly<Record<keyof typeof cliSettings, string>> = {
  host: '<address>',
  busPort: '<port>',
  keyFile: '<file>',
  dataDir: '<folder>',
  timeout: '<duration>',
};

/** Makes the settings known to commander, so that it finds their flags wherever they stand. */
export function addSettings(program: Command): void {
  for (const [name, { flag, env, description }] of Object.entries(cliSettings)) {
    const placeholder = placeholders[name as keyof typeof cliSettings];
    program.addOption(new Option(`${flag} ${placeholder}`, `${description} (${env})`));
  }
  program.addOption(
    new Option('--config <file>', 'settings file (BITTEN_CONFIG; bitten.yaml here or at the root)'),
  );
}

/**
 * The values of the settings. Commander has found which flags were given; what they mean, and what counts where
 * there is none, is for `loadSettings`, as in every other app. Throws `SettingsError`.
 */
export function resolveSettings(program: Command): CliSettings {
  const argv = givenFlags(program);
  const loaded = loadSettings(cliSettings, { app: 'cli', argv, env: process.env, cwd: process.cwd() });
  // Help and version are commander's: no such flag is ever handed on.
  return (loaded as LoadedSettings<typeof cliSettings>).values;
}

/** The flags of settings that were given on the command line, as `--flag=value`. */
export function givenFlags(program: Command): string[] {
  return program.options
    .filter((option) => program.getOptionValueSource(option.attributeName()) === 'cli')
    .map((option) => `${option.long}=${String(program.getOptionValue(option.attributeName()))}`);
}
