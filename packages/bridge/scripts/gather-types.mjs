// Runs after tsc: makes the declarations stand alone.
//
// What tsc declares (dist/declared) imports from @bitten/schema and @bitten/transport, which nobody has who installs
// the bridge. Here every declaration that the entry needs is put into dist/types/ROOM/ and refers to the others by
// relative paths. Of another room's index only the names that are asked for remain, so that types of the bus's own
// end do not come along.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../..', import.meta.url));
const types = join(packages, 'bridge/dist/types');
/** Where the declarations of each room lie. */
const declared = new Map(
  ['schema/dist', 'transport/dist', 'storage/dist', 'replay/dist', 'bridge/dist/declared'].map((folder) => [
    folder.split('/')[0],
    join(packages, folder),
  ]),
);
const entry = join(declared.get('bridge'), 'index.d.ts');
/** What whoever installs the bridge gets with it. */
const installed = ['valibot', 'zeromq'];

/** `import { a, type B } from 'c'`, also with `export`, also with `type` before the brace. */
const clause = /^((?:import|export)(?: type)? )\{([^}]*)\}( from )'([^']+)';$/gm;
/** Any mention of a module. */
const mention = /(\bfrom |\bimport\()'([^']+)'/g;

/** The text of each declaration that is needed, by where it is to lie. */
const gathered = new Map();
/** The names that are asked of another room's index, by its path. */
const asked = new Map();

gather(entry);
for (const [index, names] of asked) gathered.set(targetOf(index), narrowed(index, names));
rmSync(types, { recursive: true, force: true });
for (const [file, text] of gathered) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
// The declarations describe CommonJS, as TypeScript learns from the package.json beside them.
writeFileSync(join(types, 'package.json'), `${JSON.stringify({ type: 'commonjs' })}\n`);
rmSync(declared.get('bridge'), { recursive: true });

/** Puts down a declaration and all that it mentions. */
function gather(file) {
  const target = targetOf(file);
  if (gathered.has(target)) return;
  gathered.set(target, '');
  const text = readFileSync(file, 'utf8');
  for (const [, , names, , specifier] of text.matchAll(clause)) ask(file, specifier, namesIn(names));
  for (const [, , specifier] of text.replaceAll(clause, '').matchAll(mention)) gatherWhole(file, specifier);
  gathered.set(
    target,
    text.replaceAll(mention, (_, before, specifier) => `${before}'${moved(file, specifier)}'`),
  );
}

/** For `export * from` and `import('…')`, where the names are not at hand: not of an index, which has too many. */
function gatherWhole(file, specifier) {
  const source = sourceOf(file, specifier);
  if (source === null) return;
  if (isIndex(source)) throw new Error(`${file} mentions ${specifier} without saying which names of it`);
  gather(source);
}

/** Notes which names are asked of a room, and gathers what declares them. */
function ask(file, specifier, names) {
  const source = sourceOf(file, specifier);
  if (source === null) return;
  if (!isIndex(source)) {
    gather(source);
    return;
  }
  asked.set(source, new Set([...(asked.get(source) ?? []), ...names]));
  for (const [, , offered, , from] of readFileSync(source, 'utf8').matchAll(clause)) {
    if (namesIn(offered).some((name) => names.includes(name))) gather(sourceOf(source, from));
  }
}

/** The index of a room with nothing but the names asked for. */
function narrowed(index, names) {
  return [...readFileSync(index, 'utf8').matchAll(clause)]
    .map(([, before, offered, from, specifier]) => {
      const kept = offered.split(',').filter((part) => names.has(namesIn(part)[0]));
      const list = kept.map((part) => part.trim()).join(', ');
      return list === '' ? '' : `${before}{ ${list} }${from}'${specifier}';\n`;
    })
    .join('');
}

/** The names as the module that has them calls them. */
function namesIn(text) {
  return [...text.matchAll(/(?:type )?\b(\w+)(?: as \w+)?\s*(?:,|$)/g)].map(([, name]) => name);
}

/** The specifier as it has to stand where `file` is going to lie. */
function moved(file, specifier) {
  const source = sourceOf(file, specifier);
  if (source === null) return specifier;
  const path = relative(dirname(targetOf(file)), targetOf(source)).replaceAll(sep, '/');
  return `${path.startsWith('.') ? '' : './'}${path.replace(/\.d\.ts$/, '.js')}`;
}

/** The declaration a specifier means; null for a package that is installed with the bridge, or of Node. */
function sourceOf(file, specifier) {
  if (specifier.startsWith('.')) return resolve(dirname(file), specifier.replace(/\.js$/, '.d.ts'));
  if (specifier.startsWith('node:') || installed.includes(specifier)) return null;
  const [, room, subpath = ''] = /^@bitten\/([a-z]+)(\/[a-z-]+)?$/.exec(specifier) ?? [];
  if (!declared.has(room)) throw new Error(`${file} needs ${specifier}, which the package does not bring`);
  const { exports } = JSON.parse(readFileSync(join(packages, room, 'package.json'), 'utf8'));
  return join(packages, room, exports[`.${subpath}`].types);
}

/** Whether this is the index of another room. */
function isIndex(file) {
  return file !== entry && [...declared.values()].some((folder) => file === join(folder, 'index.d.ts'));
}

function targetOf(file) {
  const [room, folder] = [...declared].find(([, folder]) => file.startsWith(folder + sep));
  return join(types, room, relative(folder, file));
}
