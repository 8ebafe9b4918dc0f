// Runs after tsup: the entry for `import`, in JavaScript and in types.
//
// The bridge is built once, as CommonJS, and both entries lead to that one module. A program that reaches it by
// `import` here and by `require` there, which happens as soon as a dependency of its uses the bridge too, would
// otherwise have two default bridges with two spools, and an error of one would be no `instanceof` the other's.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const dist = new URL('../dist/', import.meta.url);
const names = Object.keys(createRequire(import.meta.url)(fileURLToPath(new URL('index.cjs', dist))));

write(
  'index.js',
  `import bridge from './index.cjs';\n\nexport const {\n  ${names.join(',\n  ')},\n} = bridge;\n`,
);
write('index.d.ts', "export * from './types/bridge/index.js';\n");

function write(file, text) {
  const url = new URL(file, dist);
  mkdirSync(new URL('.', url), { recursive: true });
  writeFileSync(url, text);
}
