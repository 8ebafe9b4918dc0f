import { parseArgs } from 'node:util';
import { shorten } from '@bitten/schema';
import type { Definition, Setting } from './declare.js';
import { nearestName } from './nearest.js';
import type { SettingProblem } from './problems.js';
import { describeExpected, isSwitch } from './values.js';

/** What stood on the command line. */
export interface CommandLine {
  /** Text by the name of the setting. */
  values: Map<string, string>;
  help: boolean;
  version: boolean;
  config: string | undefined;
  problems: SettingProblem[];
}

/** Finds the settings of a definition on the command line. `argv` begins after the program's own name. */
export function readFlags(definition: Definition, argv: readonly string[]): CommandLine {
  // `pnpm start -- --flag` may hand the separator through to the program.
  const args = argv[0] === '--' ? argv.slice(1) : [...argv];
  const nameByFlag = new Map(
    Object.entries(definition).map(([name, setting]) => [setting.flag as string, name]),
  );
  const found: CommandLine = {
    values: new Map(),
    help: false,
    version: false,
    config: undefined,
    problems: [],
  };
  let afterMistake = false;
  for (const token of parseArgs({ args, options: optionsOf(definition), strict: false, tokens: true })
    .tokens) {
    if (token.kind === 'option') {
      const text = token.value === undefined ? undefined : String(token.value);
      const before = found.problems.length;
      readOption({ flag: token.rawName, text, definition, nameByFlag, found });
      afterMistake = found.problems.length > before;
    } else if (token.kind === 'positional') {
      // After an unknown flag this was meant as its value: one mistake is said once.
      if (!afterMistake) found.problems.push(strayArgument(token.value));
      afterMistake = false;
    }
  }
  return found;
}

function readOption(option: {
  flag: string;
  text: string | undefined;
  definition: Definition;
  nameByFlag: ReadonlyMap<string, string>;
  found: CommandLine;
}): void {
  const { flag, text, definition, nameByFlag, found } = option;
  if (flag === '--help' || flag === '-h') found.help = true;
  else if (flag === '--version' || flag === '-v') found.version = true;
  else if (flag === '--config') {
    if (isMissing(text)) found.problems.push(missing(undefined, flag, 'the path of a settings file'));
    else found.config = text;
  } else {
    const negated = flag.startsWith('--no-') ? nameByFlag.get(`--${flag.slice(5)}`) : undefined;
    const name = nameByFlag.get(flag) ?? negated;
    const setting = name === undefined ? undefined : definition[name];
    if (name === undefined || setting === undefined || (negated !== undefined && !isSwitch(setting))) {
      found.problems.push(unknownFlag(flag, nameByFlag.keys()));
    } else if (isSwitch(setting)) found.values.set(name, negated === undefined ? (text ?? 'true') : 'false');
    else if (isMissing(text)) found.problems.push(missing(name, flag, describeExpected(setting)));
    else found.values.set(name, text);
  }
}

/** `--host --pub-port 1` lacks a host: the next flag is not taken for its value. */
function isMissing(text: string | undefined): text is undefined {
  return text === undefined || /^--?[a-z]/.test(text);
}

function optionsOf(definition: Definition): Record<string, { type: 'string' | 'boolean'; short?: string }> {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'v' },
    config: { type: 'string' },
  };
  for (const setting of Object.values<Setting>(definition)) {
    options[setting.flag.slice(2)] = { type: isSwitch(setting) ? 'boolean' : 'string' };
  }
  return options;
}

function missing(setting: string | undefined, where: string, expected: string): SettingProblem {
  return { setting, source: 'flag', where, found: 'no value', expected, remedy: `write ${where} VALUE` };
}

function strayArgument(argument: string): SettingProblem {
  return unexpected(argument, 'only flags', 'leave it out; --help lists the flags');
}

function unknownFlag(flag: string, known: Iterable<string>): SettingProblem {
  const nearest = nearestName(flag, [...known, '--config', '--help', '--version']);
  return unexpected(
    flag,
    'a known flag',
    nearest === undefined ? '--help lists the flags' : `did you mean ${nearest}? --help lists the flags`,
  );
}

function unexpected(argument: string, expected: string, remedy: string): SettingProblem {
  const found = shorten(argument);
  return { setting: undefined, source: 'flag', where: 'command line', found, expected, remedy };
}
