import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@bitten/proof';

/** A page without its blocks and comments; lines keep their numbers. */
export function proseOf(page: string): string {
  const text = readFileSync(join(root, page), 'utf8');
  const lines = (part: string) => part.replace(/[^\n]/g, '');
  return text.replace(/^(\s*)(`{3,})[\s\S]*?^\s*\2$/gm, lines).replace(/<!--[\s\S]*?-->/g, lines);
}

/** What stands in `code` in a page's prose, with the place of each. */
export function codeSpans(page: string): { span: string; place: string }[] {
  return matches(page, /(?<!`)(`{1,2})(?!`)(.+?)(?<!`)\1(?!`)/g).map(({ found, place }) => ({
    span: found[2]!.trim(),
    place,
  }));
}

/** Where the links of a page lead, with the place of each. */
export function linksOf(page: string): { target: string; place: string }[] {
  return matches(page, /\]\(([^)\s]+)\)/g).map(({ found, place }) => ({ target: found[1]!, place }));
}

/** The names of a page's headings, as viewers of Markdown make them. */
export function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>();
  return [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => {
    const anchor = heading!
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  });
}

function matches(page: string, pattern: RegExp): { found: RegExpMatchArray; place: string }[] {
  return proseOf(page)
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(pattern)].map((found) => ({ found, place: `${page}:${index + 1}` })),
    );
}
