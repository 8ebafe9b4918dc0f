import { Argument, type Command } from 'commander';
import { bashScript } from '../completion/bash.js';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

const help = `
What it prints is for the shell, which then asks bitten itself for the words: commands, options, event types,
formats, cursors. It asks neither bus nor store. The shell must find bitten under this name; from a checkout:
  ln -s "$PWD/apps/cli/dist/bitten.js" ~/.local/bin/bitten

bash, in ~/.bashrc:
  source <(bitten completion bash)

zsh, in ~/.zshrc, behind compinit:
  source <(bitten completion zsh)

fish, once:
  bitten completion fish > ~/.config/fish/completions/bitten.fish
`;

export function addCompletion(command: Command): void {
  command
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText('after', help)
    .action((shell: Shell) => print(shell));
}

async function print(shell: Shell): Promise<void> {
  if (shell === 'bash') {
    process.stdout.write(bashScript);
    return;
  }
  const { script } = await import('@bomb.sh/tab');
  script(shell, 'bitten', 'bitten');
}
