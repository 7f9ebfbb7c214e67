import { runOrThrow } from '#test/support/servers/run-command.ts';
import { buildTools } from './tools.ts';

/** Builds what is shipped, and the tools that try it, before anything is tried. */
export const setup = async (): Promise<void> => {
  await runOrThrow('npm', ['run', '--silent', 'build']);
  await runOrThrow('npm', ['run', '--silent', 'chart']);
  await buildTools();
};
