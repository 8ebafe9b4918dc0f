// Loaded into a process under test by `--import`: where anything has been added to a prototype that everything
// inherits from, the process ends with 99 and says what.
const roots = [Object.prototype, Array.prototype, Function.prototype];
const before = roots.map((root) => new Set(Reflect.ownKeys(root)));

process.on('exit', () => {
  const added = roots.flatMap((root, i) => Reflect.ownKeys(root).filter((key) => !before[i].has(key)));
  if (added.length === 0) return;
  process.stderr.write(`prototypes polluted: ${added.map(String).join(', ')}\n`);
  process.exitCode = 99;
});
