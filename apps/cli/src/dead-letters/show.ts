import { type DeadLetter, type Examination, examine, prettyJson } from '@bitten/dead-letters';
import { describeIssue } from '@bitten/schema';
import type { DeadLetterResolution } from '@bitten/storage/store';
import type { CommandContext } from '../command.js';
import { resolveSettings } from '../settings.js';
import { harmless } from '../show/terminal.js';
import { formatTime } from '../time.js';
import { type LetterBus, openBus } from './bus.js';
import { readPlace } from './select.js';
import { LetterSource } from './source.js';

/** Prints dead letters whole. The bus is asked only for those that the store does not have. */
export async function showLetters(
  ids: readonly string[],
  { json }: { json?: true },
  context: CommandContext,
): Promise<void> {
  const places = ids.map(readPlace);
  const { dataDir } = resolveSettings(context.program);
  const source = LetterSource.open(dataDir);
  let bus: LetterBus | undefined;
  try {
    for (const [at, place] of places.entries()) {
      let letter: DeadLetter | null = source.stored(place);
      if (letter === null) {
        bus ??= await openBus(context);
        source.compareLog(bus.logId);
        letter = await source.read(place, bus);
      }
      const examined = examine(letter);
      const resolutions = source.resolutions(place);
      if (json) printJson(letter, examined, resolutions);
      else process.stdout.write(`${at === 0 ? '' : '\n'}${describeLetter(letter, examined, resolutions)}\n`);
    }
  } finally {
    bus?.close();
    source.close();
  }
}

function printJson(
  letter: DeadLetter,
  examined: Examination,
  resolutions: readonly DeadLetterResolution[],
): void {
  const { issues, cautions, lost } = examined;
  const now = { passes: examined.event !== null, issues, cautions, lost };
  process.stdout.write(`${JSON.stringify({ ...letter, now, resolutions })}\n`);
}

function describeLetter(
  letter: DeadLetter,
  examined: Examination,
  resolutions: readonly DeadLetterResolution[],
): string {
  const now = Date.now() / 1000;
  const { status = 'not in the store yet' } = letter;
  const from = [letter.source ?? 'nobody named', `on ${letter.door}`];
  if (letter.producer !== null) from.push(`producer ${letter.producer}, its event ${letter.producer_seq}`);
  const lines = [
    `dead letter ${letter.id}, ${status}`,
    `  received  ${formatTime(letter.received_at, now)} from ${from.join(', ')}`,
    `  type      ${letter.event_type ?? 'not told'}`,
    ...letter.issues.map((issue, at) => `  ${at === 0 ? 'issues  ' : '        '}  ${describeIssue(issue)}`),
    ...(isSettled(letter) ? [] : describeNow(letter, examined)),
    ...resolutions.map((each) => `  became    ${describeResolution(each, now)}`),
  ];
  const head = lines.map(harmless).join('\n');
  return `${head}\n\n${describePayload(letter, examined)}`;
}

/** What has become an event is not driven again. */
function isSettled({ status }: DeadLetter): boolean {
  return status === 'retried' || status === 'corrected';
}

function describeNow(letter: DeadLetter, { event, issues, cautions, lost }: Examination): string[] {
  const gone = lost.map((what) => `  lost      ${what}`);
  if (event === null) {
    const told = new Set(letter.issues.map(describeIssue));
    const others = issues.map(describeIssue).filter((issue) => !told.has(issue));
    const why = others.length === 0 ? 'for the same' : `for: ${others.join('; ')}`;
    return [`  now       it would be refused again, ${why}`, ...gone];
  }
  const why = cautions.map((caution) => caution.why).join('; ');
  return [`  now       it passes${why === '' ? '' : `, but needs --force: ${why}`}`, ...gone];
}

function describeResolution(
  { action, seq, reason, by, created_at }: DeadLetterResolution,
  now: number,
): string {
  const what = seq === null ? action : `${action}, event ${seq}`;
  const why = reason === null ? '' : `: ${reason}`;
  return `${what}, ${formatTime(created_at, now)}${by === null ? '' : ` by ${by}`}${why}`;
}

/** Line by line harmless: a payload may hold anything, the layout is ours. */
function describePayload(
  { payload, encoding }: DeadLetter,
  { payload: { text, bytes } }: Examination,
): string {
  if (text !== null) return prettyJson(text).split('\n').map(harmless).join('\n');
  const start = Buffer.from(payload, encoding).subarray(0, 32).toString('hex');
  return `${bytes} bytes that are no UTF-8, in hex: ${start}${bytes > 32 ? '…' : ''} (--json has all of them, in base64)`;
}
