import { readFileSync } from 'node:fs';

/** The version in the `package.json` one folder above a module: `versionOf(import.meta.url)`. */
export function versionOf(moduleUrl: string): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', moduleUrl), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
