import { createInterface } from 'node:readline/promises';
import { type Command, Option } from 'commander';
import { Refusal } from './complaint.ts';

export interface ConsentOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** `--yes` and `--dry-run`, for a command that changes or deletes. */
export const addConsentOptions = (command: Command): Command =>
  command.addOption(new Option('--yes', 'do it without asking')).option('--dry-run', 'tell only');

const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Throws a `Refusal` where nobody has said yes and nobody can be asked: before anything is read. */
export const checkConsent = ({ yes, dryRun }: ConsentOptions): void => {
  if (yes || dryRun || canAsk()) return;
  throw new Refusal(
    'Nothing was done: there is no terminal to ask on. See what would be done with --dry-run, and give --yes.',
  );
};

/** The typed line; undefined when the input ends or is interrupted. */
const ask = async (question: string): Promise<string | undefined> => {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const left = new Promise<undefined>((resolve) => {
    lines.once('close', () => resolve(undefined));
  });
  const answer = await Promise.race([lines.question(question).catch(() => undefined), left]);
  lines.close();
  return answer;
};

/**
 * Lists what will be done, and asks whether to. `list` writes it, and tells whether there is anything. Throws a `Refusal`
 * for every answer but "yes".
 */
export const obtainConsent = async (
  { yes, dryRun }: ConsentOptions,
  list: (write: (text: string) => void) => Promise<boolean>,
): Promise<void> => {
  if (yes || dryRun) return;
  const isAnything = await list((text) => process.stderr.write(text));
  if (!isAnything) return;
  const answer = await ask('\nType "yes" to do this: ');
  if (answer?.trim().toLowerCase() !== 'yes') throw new Refusal('Nothing was done.');
};
