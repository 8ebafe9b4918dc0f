import { BusLink } from '@bitten/client';
import { BroadcastStage, type ReplayClient, surveyReplay } from '@bitten/replay';
import type { Command } from 'commander';
import { type CommandContext, listOption } from '../command.js';
import { addFilters } from '../filter.js';
import { describeResult, describeSurvey, surveyResult } from '../replay/describe.js';
import { placesOf, planOf, type ReplayFlags } from '../replay/plan.js';
import { play } from '../replay/play.js';
import { sayAbove } from '../replay/progress.js';
import { type CliSettings, resolveSettings } from '../settings.js';

export function addReplay(command: Command, context: CommandContext): void {
  command
    .option('--from <place>', 'where to begin: start, a seq or a time')
    .option('--since <time>', 'begin with what the bus appended at that time: 1h (ago), 2025-08-21T17:58')
    .option('--to <place>', 'where to end: a seq (the last one), now, or a time (before it)', 'now');
  addFilters(command)
    .addOption(listOption('--types <types>', 'the same as --type').hideHelp())
    .option('--speed <speed>', '1 as it happened, 10 ten times as fast, max as fast as it goes', '1')
    .option('--step', 'stand still; Enter plays the next, a number that many, q ends')
    .option('--clock <clock>', "whose time: own (the events'), or appended (the bus's)", 'own')
    .option('--gap-max <duration>', 'cut longer pauses between two events to this')
    .option('--name <name>', 'what the events are marked with (default: replay- and the time)')
    .option('--dry-run', 'only say what would be played, and how long it would take')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', help)
    .action((flags: ReplayFlags) => replay(flags, context));
}

const help = `
Examples:
  bitten replay --since 1h                                   the last hour, in an hour
  bitten replay --from 2026-03-02T09:00 --to 2026-03-02T10:00 --speed 10 --gap-max 5s
  bitten replay --from start --speed max --type signal_generated
  bitten replay --from 48211 --step                          one by one, at Enter
  bitten replay --since 1d --dry-run

The bus broadcasts the events once more, on 5570 under replay. instead of bitten., each with a mark. Nothing that
listens to what happens now gets one of them, and none can be published again. On a terminal: space pauses, + and - change
the speed, Enter steps, q ends.
`;

async function replay(flags: ReplayFlags, { program, signal }: CommandContext): Promise<void> {
  const plan = planOf(flags, new Date());
  const link = await openLink(resolveSettings(program), signal);
  const { name, filter, clock, speed, gap_ms_max } = plan;
  const stage = new BroadcastStage({ client: persistent(link), name, filter, clock });
  const places = await placesOf(link, plan);
  const print = (result: object, text: string) =>
    process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : text);
  if (flags.dryRun) {
    const survey = await surveyReplay({ stage, ...places, gap_ms_max, signal });
    const result = surveyResult(survey, plan, places);
    print(result, describeSurvey(result, speed, Date.now() / 1000));
  } else {
    const isStepped = flags.step === true;
    const result = await play({ plan, places, stage, isStepped, prints: isStepped && !flags.json, signal });
    print(result, describeResult(result));
  }
  link.close();
}

function openLink(settings: CliSettings, signal: AbortSignal): Promise<BusLink> {
  return BusLink.open({
    host: settings.host,
    port: settings.busPort,
    keyFile: settings.keyFile,
    name: 'bitten-replay',
    timeout_ms: settings.timeout,
    away_ms_max: Number.POSITIVE_INFINITY,
    onAway: (why) => sayAbove(`waiting for the bus: ${why}`),
    onBack: () => sayAbove('the bus is back'),
    signal,
  });
}

/** A client that asks again while the bus is away, and says so once where nobody hears what is replayed. */
function persistent(link: BusLink): ReplayClient {
  let heard = false;
  let said = false;
  return {
    fetch: (...asked) => link.ask((client) => client.fetch(...asked)),
    replay: async (...asked) => {
      const reply = await link.ask((client) => client.replay(...asked));
      heard ||= reply.sent > 0;
      if (!heard && !said && reply.unheard > 0) {
        said = true;
        sayAbove(
          'nobody subscribes to these events: who wants them connects a SUB to the live feed, with the prefix replay.',
        );
      }
      return reply;
    },
  };
}
