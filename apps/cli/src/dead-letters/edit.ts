import { createInterface } from 'node:readline';
import {
  changePayload,
  compactJson,
  type DeadLetter,
  type Examination,
  examineText,
  prettyJson,
  readPayload,
} from '@bitten/dead-letters';
import { describeIssue } from '@bitten/schema';
import type { CommandContext } from '../command.js';
import { resolveSettings } from '../settings.js';
import { harmless, say } from '../show/terminal.js';
import { makeSettler, openBus } from './bus.js';
import { type ChangeOptions, readChanges, withoutComments } from './changes.js';
import { EditedFile } from './editor.js';
import { settleMany } from './many.js';
import { OutcomePrinter } from './outcome.js';
import { readPlace } from './select.js';
import { LetterSource } from './source.js';

export interface EditOptions extends ChangeOptions {
  force?: true;
  reason?: string;
  by?: string;
  dryRun?: true;
  json?: true;
}

/** What is to be published in the place of a dead letter, and whether somebody meant it though there is a caution. */
interface Correction {
  text: string;
  force: boolean;
}

/** Corrects a dead letter, by options or in an editor, and drives it again. */
export async function editLetter(id: string, options: EditOptions, context: CommandContext): Promise<void> {
  const place = readPlace(id);
  const changes = readChanges(options);
  const source = LetterSource.open(resolveSettings(context.program).dataDir);
  const bus = await openBus(context);
  try {
    source.compareLog(bus.logId);
    const letter = await source.read(place, bus);
    const given = { letter, force: options.force === true };
    const correction =
      changes.length === 0
        ? await correctByHand(given, context)
        : { text: changePayload(readPayload(letter).text ?? '', changes), force: given.force };
    if (correction === null) return;
    if (options.dryRun) dryRun(letter, correction.text, context);
    else {
      const printer = new OutcomePrinter({ json: options.json === true });
      const settler = makeSettler(bus, options.by);
      const how = { force: correction.force, reason: options.reason };
      const settle = () => settler.correct(letter, compactJson(correction.text), how);
      await settleMany({ places: [place], source, bus, printer, signal: context.signal, settle });
      if (printer.failed > 0) context.exitWith(1);
    }
  } finally {
    bus.close();
    source.close();
  }
}

/** Prints what would be published, and what is wrong with it. */
function dryRun(letter: DeadLetter, text: string, context: CommandContext): void {
  const { event, issues, cautions } = examineText(letter, text);
  process.stdout.write(`${prettyJson(text).split('\n').map(harmless).join('\n')}\n`);
  if (event === null) {
    for (const issue of issues) say(harmless(describeIssue(issue)));
    context.exitWith(1);
  } else say(`it would pass${cautions.map(({ why }) => `; needs --force: ${why}`).join('')}`);
}

/** What somebody has made of it in an editor; null where they gave up. */
async function correctByHand(
  { letter, force }: { letter: DeadLetter; force: boolean },
  context: CommandContext,
): Promise<Correction | null> {
  const edited = new EditedFile(`dead-letter-${letter.id}.json`);
  // A byte order mark would be in the way, and nobody sees it.
  const before = prettyJson((readPayload(letter).text ?? '').replace(/^\ufeff/, ''));
  let text = before;
  let told = aboutLetter(letter);
  for (;;) {
    text = withoutComments(await edited.edit(`${told}\n${text}\n`));
    if (context.signal.aborted || text === before || text === '') {
      edited.remove();
      say(text === '' ? 'empty: nothing was published' : 'unchanged: nothing was published');
      context.exitWith(1);
      return null;
    }
    const examined = examineText(letter, text);
    const why = examined.cautions.map((caution) => caution.why).join('; ');
    const isMeant =
      examined.event !== null && (force || why === '' || (await isYes(`${why}: publish it? [y/N] `, false)));
    if (isMeant) {
      edited.remove();
      return { text, force: true };
    }
    told = aboutIssues(letter, examined);
    for (const issue of examined.issues) say(harmless(describeIssue(issue)));
    if (examined.event === null && (await isYes('still invalid; edit it again? [Y/n] ', true))) continue;
    const again = `bitten dead-letters edit ${letter.id} --payload ${edited.file}`;
    say(`nothing was published; your text is kept: ${again}`);
    context.exitWith(1);
    return null;
  }
}

function aboutLetter(letter: DeadLetter): string {
  const lines = [
    `Dead letter ${letter.id}: correct what is named here, save and leave; what is left unchanged is not published.`,
    ...letter.issues.map((issue) => `  ${describeIssue(issue)}`),
    ...examineText(letter, readPayload(letter).text ?? '').lost,
  ];
  return comment(lines);
}

function aboutIssues({ id }: DeadLetter, { issues, lost }: Examination): string {
  const lines = issues.map((issue) => `  ${describeIssue(issue)}`);
  return comment([`Dead letter ${id}: still invalid.`, ...lines, ...lost]);
}

function comment(lines: readonly string[]): string {
  return lines.map((line) => `# ${harmless(line)}`).join('\n');
}

/** The end of the input is a no: nobody is there to answer. `usual` is what Enter alone means. */
async function isYes(question: string, usual: boolean): Promise<boolean> {
  // What has ended says nothing any more, not even that.
  if (process.stdin.readableEnded) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // By callback: a promise of the answer may be overtaken by the end of the input right behind it.
  const answer = await new Promise<string>((resolve) => {
    lines.once('close', () => resolve('n'));
    lines.question(harmless(question), resolve);
  });
  lines.close();
  return answer.trim() === '' ? usual : /^\s*y/i.test(answer);
}
