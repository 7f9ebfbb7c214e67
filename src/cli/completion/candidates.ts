import type { Command, Option } from 'commander';

/** A word that may stand next, and what it is for. */
export interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** What may stand next; `files` where the word is anything, which a shell takes for a file's name. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  readonly files: boolean;
}

const NOTHING: Completion = { candidates: [], files: false };
const FILES: Completion = { candidates: [], files: true };

const commandsOf = (command: Command): readonly Candidate[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((sub) => ({ word: sub.name(), description: sub.description() }));

const optionsOf = (command: Command): readonly Option[] =>
  command.createHelp().visibleOptions(command);

const optionNamed = (command: Command, word: string): Option | undefined =>
  optionsOf(command).find(({ long, short }) => word === long || word === short);

const choices = (words: readonly string[] | undefined): Completion =>
  words === undefined
    ? FILES
    : { candidates: words.map((word) => ({ word, description: '' })), files: false };

/** The command that the words lead to, and the words that follow it. */
const walk = (
  command: Command,
  [word, ...rest]: readonly string[],
): { readonly command: Command; readonly words: readonly string[] } => {
  if (word === undefined) return { command, words: [] };
  const sub = command.commands.find((each) => each.name() === word);
  if (sub !== undefined) return walk(sub, rest);
  return { command, words: [word, ...rest] };
};

const afterWords = (command: Command, words: readonly string[]): Completion => {
  const option = optionNamed(command, words.at(-1) ?? '');
  if (option?.required || option?.optional) return choices(option.argChoices);
  const commands = commandsOf(command);
  if (commands.length > 0) return { candidates: commands, files: false };
  const [argument] = command.registeredArguments;
  return argument === undefined ? NOTHING : choices(argument.argChoices);
};

/**
 * What may stand in the place of the last word. In: the program, and the words after its name up to the cursor, the last of
 * them perhaps empty or half typed.
 */
export const complete = (program: Command, words: readonly string[]): Completion => {
  const typed = words.at(-1) ?? '';
  const { command, words: rest } = walk(program, words.slice(0, -1));
  const { candidates, files } = typed.startsWith('-')
    ? {
        candidates: optionsOf(command).map(({ long, short, description }) => ({
          word: long ?? short ?? '',
          description,
        })),
        files: false,
      }
    : afterWords(command, rest);
  return { candidates: candidates.filter(({ word }) => word.startsWith(typed)), files };
};
