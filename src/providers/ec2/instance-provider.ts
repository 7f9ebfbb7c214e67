import type { DescribeInstancesCommandInput } from '@aws-sdk/client-ec2';
import { clusterTagOf } from '#core/apis/v1alpha1/names.ts';
import type { Instance, InstanceProvider } from '#core/ports/cloud.ts';
import type { Ec2Api } from './ec2-api.ts';
import { classifyEc2Error } from './errors.ts';
import { toInstance } from './mapping.ts';
import { allPages, inChunks } from './paginate.ts';

const PAGE_SIZE = 1000;

/** States in which an instance is still worth a place in a list. */
const LIVING_STATES = ['pending', 'running', 'shutting-down', 'stopping', 'stopped'];

/** Instances through filters only: an unknown id then matches nothing, where it would fail a call by id. */
export const createInstanceProvider = ({
  ec2,
  clusterName,
}: {
  readonly ec2: Ec2Api;
  readonly clusterName: string;
}): InstanceProvider => {
  const describe = (filters: DescribeInstancesCommandInput['Filters']): Promise<Instance[]> =>
    allPages(async (NextToken) => {
      try {
        const answer = await ec2.describeInstances({
          Filters: filters,
          MaxResults: PAGE_SIZE,
          ...(NextToken !== undefined && { NextToken }),
        });
        const items = (answer.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
        return { items: items.map(toInstance), nextToken: answer.NextToken };
      } catch (error) {
        throw classifyEc2Error('DescribeInstances', error);
      }
    });

  return {
    async get(instanceIds) {
      const found = await inChunks(instanceIds, (Values) =>
        describe([{ Name: 'instance-id', Values }]),
      );
      return new Map(found.map((instance) => [instance.instanceId, instance]));
    },

    list: () =>
      describe([
        { Name: 'tag-key', Values: [clusterTagOf(clusterName)] },
        { Name: 'instance-state-name', Values: LIVING_STATES },
      ]),
  };
};
