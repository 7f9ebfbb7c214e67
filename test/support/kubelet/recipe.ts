import { createHash } from 'node:crypto';
import { DEBIAN } from '#test/support/vm/recipe.ts';

/** What a node runs beside the kubelet: a container runtime, CNI plugins, and the programs that the agent finds on a host. */
export const NODE_PACKAGES = [
  'base-files',
  'bash',
  'containerd',
  'containernetworking-plugins',
  'coreutils',
  'ethtool',
  'grep',
  'iproute2',
  'iputils-ping',
  'kmod',
  'mount',
  'procps',
  'runc',
  'sed',
  'util-linux',
];

/** What the agent needs of the image that its manifests name: Node is put beside it, as the image has it. */
export const AGENT_IMAGE_PACKAGES = [
  'base-files',
  'bash',
  'coreutils',
  'libatomic1',
  'libstdc++6',
  'util-linux',
];

/** Of the pause container, and of pods that do nothing: one program for everything. */
export const SMALL_IMAGE_PACKAGES = ['busybox-static'];

/** Changes whenever what is made of these packages would. */
export const hashOf = (...parts: readonly unknown[]): string =>
  createHash('sha256')
    .update(JSON.stringify([DEBIAN, ...parts]))
    .digest('hex')
    .slice(0, 12);
