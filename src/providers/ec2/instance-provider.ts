import type { Filter } from '@aws-sdk/client-ec2';
import { clusterTagOf } from '#core/apis/v1alpha1/names.ts';
import type { Instance, InstanceProvider } from '#core/ports/cloud.ts';
import { describeAll, describePage, inFilterChunks } from './describe-all.ts';
import type { Ec2Api } from './ec2-api.ts';
import { toInstance } from './mapping.ts';

const OPERATION = 'DescribeInstances';
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
  const pageBy = (Filters: Filter[]) => async (page: { readonly NextToken?: string }) => {
    const { Reservations = [], NextToken: nextToken } = await ec2.describeInstances({
      Filters,
      MaxResults: PAGE_SIZE,
      ...page,
    });
    const items = Reservations.flatMap(({ Instances = [] }) => Instances);
    return { items: items.map(toInstance), nextToken };
  };

  const describe = (Filters: Filter[]): Promise<Instance[]> =>
    describeAll(OPERATION, pageBy(Filters));

  const ofCluster = (): Filter[] => [
    { Name: 'tag-key', Values: [clusterTagOf(clusterName)] },
    { Name: 'instance-state-name', Values: LIVING_STATES },
  ];

  return {
    async get(instanceIds) {
      const found = await inFilterChunks(instanceIds, (Values) =>
        describe([{ Name: 'instance-id', Values }]),
      );
      return new Map(found.map((instance) => [instance.instanceId, instance]));
    },

    list: () => describe(ofCluster()),

    page: (next) => describePage(OPERATION, pageBy(ofCluster()), next),
  };
};
