import { Argument, Command } from 'commander';
import { complete } from './candidates.ts';
import { SCRIPTS, type Shell } from './scripts.ts';

const EXAMPLE = `
Examples:
  nodeeni completion bash > ~/.local/share/bash-completion/completions/nodeeni
  nodeeni completion zsh > "\${fpath[1]}/_nodeeni"
  nodeeni completion fish > ~/.config/fish/completions/nodeeni.fish

"kubectl nodeeni" is completed by kubectl itself.`;

/** `nodeeni completion`: the script by which a shell completes words. */
export const completionCommand = (): Command =>
  new Command('completion')
    .description('print a script that completes words in bash, zsh or fish')
    .addArgument(new Argument('<shell>', 'shell to print it for').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', EXAMPLE)
    .action((shell: Shell) => {
      process.stdout.write(SCRIPTS[shell]);
    });

/** What kubectl and our own scripts read: ":0" lets the shell add files, ":4" does not ("ShellCompDirective", Cobra). */
const directive = (hasFiles: boolean): string => (hasFiles ? ':0' : ':4');

/** `nodeeni complete -- <words>`: what the scripts ask; nobody types it. */
export const completeCommand = (program: Command): Command =>
  new Command('complete').argument('[words...]').action((words: readonly string[]) => {
    const { candidates, files } = complete(program, words);
    const lines = candidates.map(({ word, description }) => `${word}\t${description}`);
    process.stdout.write(`${[...lines, directive(files)].join('\n')}\n`);
  });
