import { findOnPath } from '#test/support/servers/find-on-path.ts';
import { runCommand } from '#test/support/servers/run-command.ts';
import { IP } from './namespace.ts';

/** What keeps network namespaces from being made here, in one sentence; undefined when nothing does. */
export const findObstacle = async (): Promise<string | undefined> => {
  if (process.platform !== 'linux')
    return `Network namespaces need Linux, not ${process.platform}.`;
  if (process.getuid?.() !== 0) return 'Network namespaces need root.';
  if (findOnPath(IP) === undefined) return 'There is no ip on the PATH (package iproute2).';

  const probe = `nodeeni-${process.pid}-probe`;
  const { code, stderr } = await runCommand(IP, ['netns', 'add', probe]);
  if (code !== 0) return `No network namespace can be made: ${stderr.trim()}`;
  await runCommand(IP, ['netns', 'delete', probe]);
  return undefined;
};
