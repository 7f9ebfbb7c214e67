import { readFileSync } from 'node:fs';

const GUIDE = readFileSync(
  new URL('../../../docs/guides/dpdk-and-sriov.md', import.meta.url),
  'utf8',
);

/** What containerd gives a container that asks for nothing ("defaultUnixCaps", containerd). */
const OF_CONTAINERD = [
  ...['chown', 'dac_override', 'fsetid', 'fowner', 'mknod', 'net_raw', 'setgid', 'setuid'],
  ...['setfcap', 'setpcap', 'net_bind_service', 'sys_chroot', 'kill', 'audit_write'],
];

/** What the pod in the guide asks for beside that. */
export const CAPABILITIES_OF_THE_GUIDE: readonly string[] = [
  ...GUIDE.matchAll(/^ {8}- ([A-Z_]+)$/gm),
].map(([, name = '']) => name.toLowerCase());

/** The words before a program that is to have what a container has that asks for these capabilities, and no more. */
export const asContainer = (capabilities: readonly string[]): string => {
  const names = [...OF_CONTAINERD, ...capabilities].map((name) => `+${name}`);
  return `setpriv --bounding-set=${['-all', ...names].join(',')} --`;
};

/** The network of the guide's NetworkAttachmentDefinition, with what Multus adds to it: the address of the device that the pod was given. */
export const networkOfTheGuide = (pciAddress: string): object => {
  const text = /^ {2}config: \|\n((?: {4}.*\n)+)/m.exec(GUIDE)?.[1];
  if (text === undefined) throw new Error('The guide has no NetworkAttachmentDefinition.');
  return { ...(JSON.parse(text) as object), pciBusID: pciAddress };
};
