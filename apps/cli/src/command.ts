import { type Command, Option } from 'commander';

/** What a command's module exports: a function that adds its arguments, options and action. */
export type AddCommand = (command: Command, context: CommandContext) => void;

/** What every command gets. */
export interface CommandContext {
  program: Command;
  /** Aborts at Ctrl-C, SIGTERM, or when the reader of the output has gone. */
  signal: AbortSignal;
  /** The exit code to end with, where it is not 0. */
  exitWith: (code: number) => void;
}

/** An option that may be repeated, each time with one value or several separated by commas. */
export function listOption(flags: string, description: string): Option {
  return new Option(flags, `${description} (repeat, or separate by commas)`).argParser(
    (value: string, before: string[] | undefined) => [
      ...(before ?? []),
      ...value
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    ],
  );
}

/** An option that may be repeated, its values taken as they are. */
export function repeatedOption(flags: string, description: string): Option {
  return new Option(flags, `${description} (repeat)`).argParser(
    (value: string, before: string[] | undefined) => [...(before ?? []), value],
  );
}
