import { runCommand } from '#test/support/servers/run-command.ts';

/** Builds the command line before anything is tried on it. */
export const setup = async (): Promise<void> => {
  const { code, stderr } = await runCommand('npm', ['run', '--silent', 'build']);
  if (code !== 0) throw new Error(`npm run build failed: ${stderr}`);
};
