import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@bitten/proof';
import { findCommand, findPythonWithZmq, saySkipped } from '../support/tools.js';
import { type Block, noteOf, placeOf, readBlocks } from './blocks.js';
import { checkFrames, checkJson, checkYaml, isFrames } from './data-blocks.js';
import { Reader } from './reader.js';
import { isConsole, runConsole, runScript } from './shell-blocks.js';
import { Snippets } from './snippets.js';

export interface PageReport {
  /** What is wrong, by place. */
  wrong: string[];
  /** What was not run here, by place, and why or where it is. */
  elsewhere: string[];
}

/** Words that begin a command: a block of such lines says nothing about itself being a picture. */
const commandLine = /^(\$ )?(pnpm|npx|npm|bitten|node|sqlite3|pm2|systemctl|curl|python3) /m;

/** Goes through a page from top to bottom, on one system of its own, and does what its blocks say. */
export async function runPage(page: string): Promise<PageReport> {
  const blocks = readBlocks(page);
  let reader = await Reader.open();
  const typed = blocks.filter(({ language }) => language === 'ts');
  const snippets = new Snippets(reader, typed);
  const report: PageReport = { wrong: [], elsewhere: [] };
  for (const block of blocks) {
    if (noteOf(block, 'anew') !== undefined) {
      await reader.system.close();
      reader = await Reader.open();
    }
    const wrong = [...(await bringAlong(reader, block)), ...snippets.mistyped(block)];
    const reason = reasonNotToRun(block);
    if (reason === undefined) {
      if (!isSkipped(block)) wrong.push(...(await runBlock(reader, snippets, block)));
    } else {
      report.elsewhere.push(`${placeOf(block)} ${reason.about}`);
      wrong.push(...reason.wrong);
    }
    report.wrong.push(...wrong.map((what) => `${placeOf(block)}\n${what}`));
  }
  return report;
}

/** Files and commands that the reader is taken to have, or to have done. */
async function bringAlong(reader: Reader, block: Block): Promise<string[]> {
  const wrong: string[] = [];
  for (const { word, about, body } of block.notes) {
    if (word !== 'given' || about === 'ts') continue;
    if (about !== 'sh') {
      writeFileSync(join(reader.folder, about), body);
      continue;
    }
    const { code, said } = await reader.sh(`set -e\n${body}`);
    if (code !== 0) wrong.push(`what is given ended with ${code}, and said:\n${said}`);
  }
  return wrong;
}

/** A reason has to be one, and a test that runs the block has to read its page. */
function reasonNotToRun(block: Block): { about: string; wrong: string[] } | undefined {
  const notRun = noteOf(block, 'not run');
  if (notRun !== undefined) {
    const wrong = notRun.about.length < 10 ? ['it is marked as not run, without the reason'] : [];
    return { about: `not run: ${notRun.about}`, wrong };
  }
  const runBy = noteOf(block, 'run by');
  if (runBy === undefined) return undefined;
  const file = join(root, runBy.about);
  const reads = existsSync(file) && readsPage(readFileSync(file, 'utf8'), block.page);
  return {
    about: `run by ${runBy.about}`,
    wrong: reads ? [] : [`${runBy.about} does not read ${block.page}`],
  };
}

/** Whether a test names the page: by its path, or its folder and its name. */
function readsPage(test: string, page: string): boolean {
  const [name, folder] = page.split('/').toReversed();
  return (
    test.includes(page) ||
    (test.includes(`'${name}'`) && folder !== undefined && test.includes(`'${folder}'`))
  );
}

/** What the pages use beside ours and what every machine has; where one is missing its blocks are skipped. */
const tools = ['jq', 'sqlite3', 'python3', 'promtool', 'curl'];
const missing = tools.filter((tool) => !isInstalled(tool));
for (const tool of missing) saySkipped(`the blocks of the pages that use ${tool}`, 'it is not installed');

function isInstalled(tool: string): boolean {
  return tool === 'python3' ? findPythonWithZmq() !== undefined : findCommand(tool);
}

/** Whether a block needs a tool that is missing here. */
function isSkipped({ language, text }: Block): boolean {
  const used = `${language === 'sql' ? 'sqlite3' : ''} ${language === 'python' ? 'python3' : ''} ${text}`;
  return (
    !['json', 'yaml', 'ts', 'text'].includes(language) && missing.some((tool) => used.includes(`${tool} `))
  );
}

async function runBlock(reader: Reader, snippets: Snippets, block: Block): Promise<string[]> {
  const { language, text } = block;
  if (isFrames(text)) return checkFrames(block);
  switch (language) {
    case 'ts':
      return snippets.mistyped(block).length > 0 ? [] : snippets.run(reader, block);
    case 'sh':
    case 'bash':
    case 'console':
      return isConsole(text) ? runConsole(reader, block) : runScript(reader, block);
    case 'python':
      return runFile(reader, { name: 'block.py', command: 'python3' }, block);
    case 'sql':
      return runFile(reader, { name: 'block.sql', command: 'sqlite3 -bail data/bitten_events.db <' }, block);
    case 'json':
      return checkJson(reader, block);
    case 'yaml':
      return checkYaml(reader, block);
    case '':
      if (isConsole(text)) return runConsole(reader, block);
      return commandLine.test(text)
        ? ['commands: they want `sh` as their language, or `$ ` before each']
        : [];
    case 'text':
      return [];
    default:
      return [`nobody here can run ${language}`];
  }
}

async function runFile(
  reader: Reader,
  { name, command }: { name: string; command: string },
  { text }: Block,
): Promise<string[]> {
  await reader.settled();
  const file = join(reader.folder, '..', name);
  writeFileSync(file, text);
  const { code, said } = await reader.sh(`${command} ${file}`);
  return code === 0 ? [] : [`ended with ${code}, and said:\n${said}`];
}
