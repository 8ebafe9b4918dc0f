import { join } from 'node:path';

/** What a `bitten` command has to be told to find the same system; all of it where nothing is as usual. */
export interface CommandPlace {
  host: string;
  busPort: number;
  keyFile: string | null;
  dataDir: string;
  /** The workspace's root: the data folder is usually in it. */
  root: string;
}

const usual = { host: '127.0.0.1', busPort: 5572 };

/** The flags of a `bitten` command, as words of a shell; empty where everything is as usual. */
export function commandFlags({ host, busPort, keyFile, dataDir, root }: CommandPlace): string {
  const flags: Array<readonly [string, string]> = [];
  if (host !== usual.host) flags.push(['--host', host]);
  if (busPort !== usual.busPort) flags.push(['--bus-port', String(busPort)]);
  if (keyFile !== null) flags.push(['--key-file', keyFile]);
  if (dataDir !== join(root, 'data')) flags.push(['--data-dir', dataDir]);
  return flags.map(([flag, value]) => `${flag} ${shellWord(value)}`).join(' ');
}

/** One word of a POSIX shell, whatever is in it. A name that needs no quotes has none. */
export function shellWord(text: string): string {
  return /^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
