import { Command, CommanderError } from 'commander';
import type { AddCommand, CommandContext } from './command.js';

export interface CommandEntry {
  summary: string;
  /** How long it may take to end in order after Ctrl-C; default 5,000. */
  stop_deadline_ms?: number;
  load: () => Promise<AddCommand>;
}

/** The commands. Each is a module of its own, loaded when it is asked for: `bitten --help` needs none of them. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  publish: {
    summary: 'publish an event and print its receipt',
    load: async () => (await import('./commands/publish.js')).addPublish,
  },
  tail: {
    summary: 'follow the events as they come, or from any place in the log',
    load: async () => (await import('./commands/tail.js')).addTail,
  },
  query: {
    summary: 'ask the store for events, or anything by SQL',
    load: async () => (await import('./commands/query.js')).addQuery,
  },
  lifecycle: {
    summary: 'show what became of signals and fires, hop by hop, and by pattern',
    load: async () => (await import('./commands/lifecycle.js')).addLifecycle,
  },
  import: {
    summary: 'publish what is in files, each event once however often it is run',
    load: async () => (await import('./commands/import.js')).addImport,
  },
  stats: {
    summary: 'show how the bus and the store are',
    load: async () => (await import('./commands/stats.js')).addStats,
  },
  check: {
    summary: 'check everything against limits, for cron, Nagios and Prometheus',
    load: async () => (await import('./commands/check.js')).addCheck,
  },
  verify: {
    summary: 'check the log and the store for damage, also while they are in use',
    load: async () => (await import('./commands/verify.js')).addVerify,
  },
  rebuild: {
    summary: 'make the store anew from the log, also while bus and collector run',
    load: async () => (await import('./commands/rebuild.js')).addRebuild,
  },
  keys: {
    summary: 'make, list and revoke the keys of those who may come in',
    load: async () => (await import('./commands/keys.js')).addKeys,
  },
  prove: {
    summary: 'kill, cut off and power off a bus of its own here, and show that nothing is lost',
    // What was acknowledged by then is settled and compared first.
    stop_deadline_ms: 120_000,
    load: async () => (await import('./commands/prove.js')).addProve,
  },
  'dead-letters': {
    summary: 'show what was refused, correct it, drive it again, give it up',
    load: async () => (await import('./commands/dead-letters.js')).addDeadLetters,
  },
  alerts: {
    summary: 'check rules, and try them on what has happened or happens now',
    load: async () => (await import('./commands/alerts.js')).addAlerts,
  },
  cursors: {
    summary: 'show durable cursors, move them, forget them',
    load: async () => (await import('./commands/cursors.js')).addCursors,
  },
  bench: {
    summary: 'measure how fast it is on this machine',
    load: async () => (await import('./commands/bench.js')).addBench,
  },
  doctor: {
    summary: 'look at all of it: what runs, what is wrong, what to do',
    load: async () => (await import('./commands/doctor.js')).addDoctor,
  },
  config: {
    summary: 'show every setting, where it comes from, and what is wrong with it',
    load: async () => (await import('./commands/config.js')).addConfig,
  },
  completion: {
    summary: 'print the script by which a shell completes commands, options and values',
    load: async () => (await import('./commands/completion.js')).addCompletion,
  },
  replay: {
    summary: 'play events of the log once more, marked, where nothing that trades listens',
    load: async () => (await import('./commands/replay.js')).addReplay,
  },
  schema: {
    summary: 'list the event types, show their fields, check a file of events',
    load: async () => (await import('./commands/schema.js')).addSchema,
  },
};

/** The program with all its commands, of which only those named in the arguments are filled in. */
export async function makeProgram(
  names: readonly string[],
  options: { version: string; context: Omit<CommandContext, 'program'> },
): Promise<Command> {
  const program = makeShell(options.version);
  for (const [name, { summary, load }] of Object.entries(commands)) {
    const command = program.command(name).description(summary).copyInheritedSettings(program);
    command.showHelpAfterError(`bitten ${name} --help shows how it is called`);
    if (names.includes(name)) (await load())(command, { ...options.context, program });
  }
  if (names.length > 0) {
    const { addSettings } = await import('./settings.js');
    addSettings(program);
  }
  return program;
}

function makeShell(version: string): Command {
  return new Command('bitten')
    .description('The BITTEN event bus on the command line.')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show this text')
    .helpCommand('help [command]', 'show how a command is called')
    .showHelpAfterError('bitten --help lists the commands')
    .configureHelp({ showGlobalOptions: true, styleOptionTerm: (term) => term })
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  bitten publish signal_generated --data signal_id=S1 --data symbol=EURUSD --data direction=BUY \\
      --data confidence=85 --data pattern_type=LIQUIDITY_SWEEP_REVERSAL
  bitten tail --type signal_generated
  bitten query --since 1h
  bitten stats

Data goes to standard output, everything else to standard error. Exit codes: 0 done, 1 failed, 2 called wrongly,
130 interrupted. bitten COMMAND --help shows the options of a command.`,
    );
}

/** The exit code of what commander itself had to say: help and version are no failure. */
export function codeOfCommander(error: unknown): number | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  // 1 is commander's own for whatever it was called with wrongly; a command may have chosen another.
  return error.exitCode === 1 ? 2 : error.exitCode;
}
