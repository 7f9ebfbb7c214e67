import { runCommand } from '#test/support/servers/run-command.ts';
import { IP, type Namespace } from './namespace.ts';

/** Whether the kernel of this machine has ipvlan. */
export const hasIpvlan = async ({ name }: Pick<Namespace, 'name'>): Promise<boolean> => {
  const { code } = await runCommand(IP, [
    ...['-n', name, 'link', 'add', 'name', 'probe', 'link', 'lo', 'type', 'ipvlan'],
  ]);
  if (code === 0) await runCommand(IP, ['-n', name, 'link', 'delete', 'probe']);
  return code === 0;
};

/**
 * What stands where the plugin ipvlan would be, on kernels that have none: the plugin macvlan is asked for the same. For a host
 * it differs in the MAC addresses of pods only. In: where the plugin macvlan is. Out: a program.
 */
export const macvlanInstead = (macvlan: string): string => `#!/bin/bash
sed -e 's/"type":"ipvlan"/"type":"macvlan"/' -e 's/"mode":"l[23]s\\{0,1\\}"/"mode":"bridge"/' | exec ${macvlan}
`;
