import { existsSync } from 'node:fs';
import { runCommand } from '#test/support/servers/run-command.ts';
import { IP, OWNER_OF, removeNamespace } from './namespace.ts';

/** Ends what runs in namespaces of test runs that were killed, and removes them. */
export const removeForsaken = async (): Promise<void> => {
  const { stdout } = await runCommand(IP, ['netns', 'list']);
  for (const line of stdout.split('\n')) {
    const [name = ''] = line.split(' ');
    const owner = OWNER_OF.exec(name)?.[1];
    if (owner === undefined || existsSync(`/proc/${owner}`)) continue;
    removeNamespace(name);
  }
};
