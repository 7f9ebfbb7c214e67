import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { Fleet } from '#test/support/servers/fleet.ts';
import type { Scene } from './scene.ts';

export const SEEDS_FOLDER = fileURLToPath(new URL('../fixtures/seed-manifests/', import.meta.url));

export const readSeed = (file: string): string => readFileSync(`${SEEDS_FOLDER}${file}`, 'utf8');

/** A seed manifest with the ids and names it writes replaced by those of the fleet, and nothing else. */
export const seedFor = (file: string, fleet: Fleet): string => {
  const [first, second = first] = fleet.subnets;
  const group = fleet.groups.at(-1);
  return readSeed(file)
    .replaceAll('subnet-0f59b4f14737be9ad', first?.id ?? '')
    .replaceAll('subnet-abcdef1234567890', second?.id ?? '')
    .replaceAll('multus-test-subnet-1', first?.name ?? '')
    .replaceAll('multus-test-subnet-2', second?.name ?? '')
    .replaceAll('sg-05da196f3314d4af8', group?.id ?? '')
    .replaceAll('multus-test-sg', group?.name ?? '');
};

/** A NodeENI of one subnet for nodes with `ng: multi-eni`, named `data` unless told otherwise. */
export const manifestFor = (fleet: Fleet, spec: object = {}, name = 'data'): string =>
  stringify({
    apiVersion: 'networking.k8s.aws/v1alpha1',
    kind: 'NodeENI',
    metadata: { name },
    spec: {
      nodeSelector: { ng: 'multi-eni' },
      subnetID: fleet.subnets[0]?.id,
      securityGroupIDs: [fleet.groups.at(-1)?.id],
      deviceIndex: 2,
      ...spec,
    },
  });

export const apply = async ({ stage }: Pick<Scene, 'stage'>, manifest: string): Promise<void> => {
  const { code, stderr } = await stage.kubectl(['apply', '--filename', '-'], manifest);
  if (code !== 0) throw new Error(`kubectl apply failed: ${stderr}`);
};
