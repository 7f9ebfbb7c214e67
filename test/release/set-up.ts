import { runOrThrow } from '#test/support/servers/run-command.ts';

/** Builds what is shipped before anything is tried on it. */
export const setup = async (): Promise<void> => {
  await runOrThrow('npm', ['run', '--silent', 'build']);
  await runOrThrow('npm', ['run', '--silent', 'chart']);
};
