import { type Complete, type Command as Node, RootCommand } from '@bomb.sh/tab';
import type { Argument, Command, Option } from 'commander';
import { type Values, valuesOfArgument, valuesOfOption } from './values.js';

export interface TreeOptions {
  /** The list that is being typed, up to its last comma: `a,b,` for `a,b,c`. */
  listed: string;
  /** Hears that the name of a file may stand at the place in question. */
  onFiles: () => void;
}

/**
 * The program as @bomb.sh/tab wants it. Its own adapter for commander knows choices alone, adds a command that would
 * show in the help, and offers a flag of the program only before the command, where ours may stand anywhere.
 */
export function treeOf(program: Command, options: TreeOptions): RootCommand {
  const root = new RootCommand();
  addOptions(root, program.options, options);
  addCommands(root, { command: program, path: '', program, options });
  return root;
}

interface Place {
  command: Command;
  path: string;
  program: Command;
  options: TreeOptions;
}

function addCommands(root: RootCommand, { command, path, program, options }: Place): void {
  for (const child of command.createHelp().visibleCommands(command)) {
    // `help` again below each command would stand in the way of what is looked for.
    if (path !== '' && child.name() === 'help') continue;
    const words = path === '' ? child.name() : `${path} ${child.name()}`;
    const node = root.command(words, child.description());
    addOptions(node, [...child.options, ...program.options], options);
    for (const argument of child.registeredArguments) {
      addArgument(node, argument, valuesOfArgument(words, argument.name(), program), options);
    }
    addCommands(root, { command: child, path: words, program, options });
  }
}

function addOptions(node: Node, all: readonly Option[], options: TreeOptions): void {
  node.option('help', 'show how it is called', 'h');
  for (const option of all) {
    if (option.hidden || option.long == null) continue;
    const name = option.long.slice(2);
    const alias = option.short?.slice(1);
    // Of one whose value may be left out nothing is known of the next word.
    if (!option.required) node.option(name, option.description, alias);
    else {
      const values = choicesOf(option.argChoices) ?? valuesOfOption(option.long, option.flags);
      node.option(name, option.description, handlerOf(values, options), alias);
    }
  }
}

function addArgument(node: Node, argument: Argument, values: Values | null, options: TreeOptions): void {
  const handler = handlerOf(choicesOf(argument.argChoices) ?? values, options);
  node.argument(argument.name(), handler, argument.variadic);
}

function choicesOf(choices: readonly string[] | undefined): Values | null {
  if (choices === undefined) return null;
  return { kind: 'words', list: () => choices.map((value) => ({ value, description: '' })) };
}

function handlerOf(values: Values | null, { listed, onFiles }: TreeOptions): (complete: Complete) => void {
  if (values === null) return () => {};
  if (values.kind === 'files') return () => onFiles();
  return (complete) => {
    for (const { value, description } of values.list()) complete(`${listed}${value}`, description);
  };
}
