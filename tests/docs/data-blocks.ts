import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '@bitten/proof';
import { createStandardCatalogue, decodeEvent } from '@bitten/schema';
import { decodeReply, decodeRequest } from '@bitten/transport';
import { type Block, noteOf } from './blocks.js';
import type { Reader } from './reader.js';

/** The `yaml` of the command line, which reads mappings and settings with it. */
const yaml = createRequire(join(root, 'apps/cli/package.json'))('yaml') as { parse(text: string): unknown };

/** Messages of the protocol: `→` what a client sends, `←` what it is answered. */
export function isFrames(text: string): boolean {
  return /^[→←] /m.test(text);
}

/** Each message has to be one that the bus, or a client, would read. */
export function checkFrames({ text }: Block): string[] {
  const messages = text
    .split(/^(?=[→←] )/m)
    .map((message) => ({ arrow: message[0], header: whole(message.slice(2).replace(/^ +body: .*$/gm, '')) }));
  return messages.flatMap(({ arrow, header }) => {
    const frames = [Buffer.from(header), Buffer.alloc(0)];
    return wrongWith(() => (arrow === '→' ? decodeRequest(frames) : decodeReply(frames)), header);
  });
}

/** JSON has to be JSON; an event one that the catalogue accepts. */
export async function checkJson(reader: Reader, block: Block): Promise<string[]> {
  const text = whole(/^\s*"\w+":/.test(block.text) ? `{${block.text}}` : block.text);
  const wrong = wrongWith(() => JSON.parse(text), block.text);
  if (wrong.length > 0 || noteOf(block, 'event') === undefined) {
    return wrong.length > 0 ? wrong : checkMarked(reader, block);
  }
  const decoded = decodeEvent(text, createStandardCatalogue());
  return decoded.ok ? [] : decoded.issues.map((issue) => JSON.stringify(issue));
}

/** YAML has to be YAML; settings, mappings and rules what their programs accept. */
export async function checkYaml(reader: Reader, block: Block): Promise<string[]> {
  const wrong = wrongWith(() => yaml.parse(block.text), block.text);
  return wrong.length > 0 ? wrong : checkMarked(reader, block);
}

/** Gives a marked block to the program that reads such files. */
async function checkMarked(reader: Reader, block: Block): Promise<string[]> {
  const file = join(reader.folder, '..', 'marked.yaml');
  const commands = {
    settings: `bitten stats --config ${file}`,
    mapping: `echo '{}' > ${file}.jsonl && bitten import --dry-run --map ${file} ${file}.jsonl`,
    'alert rules': `promtool check rules ${file}`,
  } as const;
  for (const [word, command] of Object.entries(commands)) {
    if (noteOf(block, word as keyof typeof commands) === undefined) continue;
    const { code, said } = await reader.sh(`cat > ${file} <<'END'\n${block.text}END\n${command}`);
    if (code !== 0) return [`as ${word}: ended with ${code}, and said:\n${said}`];
  }
  return [];
}

/** What a page leaves out, put in as nothing: `{…}` is an object, `[…]` a list; what is a member is in an object. */
function whole(text: string): string {
  return text
    .replace(/\{\s*…\s*\}/g, '{}')
    .replace(/\[\s*…\s*\]/g, '[]')
    .replace(/,\s*…\s*([\]}])/g, '$1')
    .replaceAll('…', '');
}

function wrongWith(read: () => unknown, text: string): string[] {
  try {
    read();
    return [];
  } catch (error) {
    return [`${error instanceof Error ? error.message : error}: ${text}`];
  }
}
