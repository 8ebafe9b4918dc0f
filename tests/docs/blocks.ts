import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@bitten/proof';

/** What a comment above a block says of it: `<!-- not run: it takes a reboot -->`. */
export interface Note {
  /** See `noteWords`. */
  word: NoteWord;
  /** What stands behind the word. */
  about: string;
  /** What stands in the lines below it. */
  body: string;
}

/** A fenced block of a page. */
export interface Block {
  /** The page, from the root of the checkout. */
  page: string;
  /** The line of the opening fence, from 1. */
  line: number;
  language: string;
  text: string;
  notes: readonly Note[];
}

/**
 * The words a comment may begin with. `not run: REASON` and `run by FILE` say why this test does not run the block;
 * `given FILE:` and `given sh:` bring along what the reader has already, `anew` before them an empty bus; `figures
 * vary` compares words and not numbers, `order varies` lines in any order; the others name what a block of JSON or
 * YAML is, so that its real reader gets it.
 */
const noteWords = [
  'not run',
  'run by',
  'given',
  'anew',
  'figures vary',
  'order varies',
  'event',
  'mapping',
  'settings',
  'alert rules',
] as const;
export type NoteWord = (typeof noteWords)[number];

export function readBlocks(page: string): Block[] {
  return parseBlocks(page, readFileSync(join(root, page), 'utf8'));
}

/** All fenced blocks of a text, those in lists too, with the comments directly above them. */
export function parseBlocks(page: string, text: string): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let notes: Note[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    if (line.trim() === '') continue;
    if (line.startsWith('<!--')) {
      const end = lines.findIndex((other, index) => index >= at && other.includes('-->'));
      if (end < 0) throw new Error(`${page}:${at + 1}: a comment without its end`);
      notes.push(...readNote(lines.slice(at, end + 1).join('\n')));
      at = end;
      continue;
    }
    const fence = /^(\s*)(`{3,})(\S*)/.exec(line);
    if (fence !== null) {
      const [, indent, ticks, language] = fence;
      const end = lines.findIndex((other, index) => index > at && other.trim() === ticks);
      if (end < 0) throw new Error(`${page}:${at + 1}: a block without its end`);
      const inner = lines.slice(at + 1, end).map((inside) => inside.replace(indent!, ''));
      blocks.push({ page, line: at + 1, language: language!, text: `${inner.join('\n')}\n`, notes });
      at = end;
    }
    notes = [];
  }
  return blocks;
}

/** The note of this word, if the block has one. */
export function noteOf(block: Block, word: NoteWord): Note | undefined {
  return block.notes.find((note) => note.word === word);
}

/** Where a block stands, as editors open it. */
export function placeOf({ page, line }: Block): string {
  return `${page}:${line}`;
}

/** Comments of other kinds say nothing here. */
function readNote(comment: string): Note[] {
  const [head, ...body] = comment
    .replace(/^<!--\s*/, '')
    .replace(/\s*-->\s*$/, '')
    .split('\n');
  const word = noteWords.find((known) => head === known || new RegExp(`^${known}[ :]`).test(head!));
  if (word === undefined) return [];
  const about = head!
    .slice(word.length)
    .replace(/^:?\s*/, '')
    .replace(/:$/, '');
  return [{ word, about, body: body.length === 0 ? '' : `${body.join('\n')}\n` }];
}
