import { basename } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readBlocks } from './blocks.js';
import { allHelp, type Help } from './help.js';
import { allPages, pagesToRun } from './pages.js';
import { codeSpans, proseOf } from './prose.js';
import { sourceFiles, sourceText } from './sources.js';

const files = sourceFiles();
const text = sourceText();
let help: Help[];

beforeAll(() => {
  help = allHelp();
});

test.each(allPages())('%s: the files it names are there', (page) => {
  const named = codeSpans(page).filter(({ span }) => looksLikeAFile(span));
  expect(named.filter(({ span }) => !isThere(span))).toEqual([]);
});

test.each(pagesToRun())('%s: the variables and metrics it names are in the programs', (page) => {
  const whole = [proseOf(page), ...readBlocks(page).map((block) => block.text)].join('\n');
  const variables = whole.match(/\bBITTEN_[A-Z][A-Z_]*[A-Z]\b/g) ?? [];
  const metrics = whole.match(/\bbitten_\w+_(?:total|seconds|bytes)\b/g) ?? [];
  const names = [...new Set([...variables, ...metrics])];
  // Metrics are declared without what a process puts before its own, and counters without their ending.
  const isDeclared = (name: string) =>
    text.includes(name) || text.includes(name.replace(/^bitten_([a-z]+_)?/, '').replace(/_total$/, ''));
  expect(names.filter((name) => !isDeclared(name))).toEqual([]);
});

test.each(pagesToRun())('%s: the commands it names exist, with the options it gives them', (page) => {
  const named = codeSpans(page).filter(({ span }) => /^(pnpm )?bitten( |$)/.test(span));
  const wrong = named.flatMap(({ span, place }) =>
    wrongWith(span).map((what) => `${place} ${span}: ${what}`),
  );
  expect(wrong).toEqual([]);
});

/** Paths within the checkout, and tests by their name alone; not patterns, and not what programs make. */
function looksLikeAFile(span: string): boolean {
  if (/[*…{}<> ]|\/dist\b|\/results\b|\/failures\b|^tests\/\w+$/.test(span)) return false;
  return (
    /^(packages|apps|docs|tests|bench|deploy|scripts|examples|api-docs)\/[\w@./-]+$/.test(span) ||
    /^[\w-]+(\.\w+)*\.test\.ts$/.test(span)
  );
}

function isThere(span: string): boolean {
  const path = span.replace(/\/$/, '');
  return files.some(
    (file) =>
      file === path || file.startsWith(`${path}/`) || basename(file) === path || file.endsWith(`/${path}`),
  );
}

function wrongWith(span: string): string[] {
  const words = span
    .replace(/^pnpm /, '')
    .split(/\s+/)
    .slice(1);
  const name = words[0];
  // `bitten COMMAND --help` is not about a command, `bitten …` neither.
  if (name === undefined || !/^[a-z-]+$/.test(name)) return [];
  const known = help.filter((each) => each.name === name || each.name.startsWith(`${name} `));
  if (known.length === 0) return ['there is no such command'];
  const options = new Set(known.flatMap((each) => [...each.options, ...each.globals]));
  const flags = words.map((word) => /^--[a-z][\w-]*/.exec(word)?.[0]).filter((flag) => flag !== undefined);
  return flags.filter((flag) => !options.has(flag)).map((flag) => `it knows no ${flag}`);
}
