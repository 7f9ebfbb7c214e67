import { expect } from 'vitest';
import { stringify } from 'yaml';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { FleetNode } from '#test/support/servers/fleet-nodes.ts';
import { conditionOf, eventually } from '../outcomes.ts';
import type { DeployedStage } from './stage.ts';

/** What a person types; throws what they would read. */
export const kubectl = async (
  { kube }: DeployedStage,
  args: readonly string[],
  stdin?: string,
): Promise<void> => {
  const { code, stderr } = await kube.kubectl(args, stdin);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} failed: ${stderr}`);
};

export const apply = (stage: DeployedStage, manifest: string): Promise<void> =>
  kubectl(stage, ['apply', '--filename', '-'], manifest);

/** A NodeENI for the nodes with `ng: <name>`. */
export const nodeEniFor = ({ fleet }: Pick<DeployedStage, 'fleet'>, name: string): string =>
  stringify({
    apiVersion: 'networking.k8s.aws/v1alpha1',
    kind: 'NodeENI',
    metadata: { name },
    spec: {
      nodeSelector: { ng: name },
      subnetID: fleet.subnets[0]?.id,
      securityGroupIDs: [fleet.groups.at(-1)?.id],
      deviceIndex: 2,
    },
  });

/** Waits until so many interfaces of a NodeENI, and no others, are ready. */
export const untilReady = (
  { client }: DeployedStage,
  name: string,
  count: number,
): Promise<NodeEni | undefined> =>
  eventually(async () => {
    const nodeEni = await client.nodeEni(name);
    expect(nodeEni?.status?.summary).toBe(`${count}/${count}`);
    expect(conditionOf(nodeEni)).toMatchObject({ status: 'True', reason: 'AllInterfacesReady' });
    return nodeEni;
  });

export const untilReason = ({ client }: DeployedStage, name: string, reason: string) =>
  eventually(async () => expect(conditionOf(await client.nodeEni(name))).toMatchObject({ reason }));

/** The interfaces that were made for a NodeENI: whose instance, in what state, at which index. */
export const madeFor = async (stage: DeployedStage, name: string): Promise<readonly string[]> =>
  (await stage.interfaces())
    .filter(({ tags }) => tags[TAGS.name] === name)
    .map(({ instanceId, status, deviceIndex }) => `${instanceId} ${status} ${deviceIndex}`)
    .toSorted();

/** As `madeFor` tells of them: one attached interface at index 2 for each instance. */
export const onePerInstance = (
  nodes: readonly Pick<FleetNode, 'instanceId'>[],
): readonly string[] => nodes.map(({ instanceId }) => `${instanceId} in-use 2`).toSorted();
