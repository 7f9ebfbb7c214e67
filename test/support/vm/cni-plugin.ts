import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from './machine.ts';

/** Where Debian has the reference plugins. */
const FOLDER = '/usr/lib/cni';

export interface PodInterface {
  /** Of the pod's network namespace. */
  readonly namespace: string;
  readonly name: string;
}

/**
 * Runs a CNI plugin of the guest as a container runtime does ("CNI specification", execution protocol). Out: what it answers.
 * Rejects with what it says when it fails.
 */
export const runCniPlugin = async (
  machine: Machine,
  command: 'ADD' | 'DEL',
  network: object,
  { namespace, name }: PodInterface,
): Promise<unknown> => {
  await writeFile(join(machine.exchange, 'network.json'), JSON.stringify(network));
  const { type } = network as { readonly type: string };
  const { code, stdout, stderr } = await machine.run(`
    export CNI_COMMAND=${command} CNI_CONTAINERID=${namespace} CNI_NETNS=/run/netns/${namespace}
    export CNI_IFNAME=${name} CNI_PATH=${FOLDER}
    exec ${FOLDER}/${type} < /exchange/network.json`);
  if (code !== 0) throw new Error(`${type} ${command}: ${stdout}${stderr}`);
  return stdout === '' ? undefined : JSON.parse(stdout);
};
