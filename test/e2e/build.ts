import { runCommand } from '#test/support/servers/run-command.ts';

/** Builds what people run before anything is tried on it. `.ci/run` says that its installation has just done so. */
export const setup = async (): Promise<void> => {
  if (process.env.NODEENI_IS_BUILT) return;
  const { code, stderr } = await runCommand('npm', ['run', '--silent', 'build']);
  if (code !== 0) throw new Error(`npm run build failed: ${stderr}`);
};
