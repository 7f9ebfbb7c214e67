import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { asCallError, FAILURE_RULES } from '#core/errors.ts';
import type { Unresolved } from '#core/instance/fault.ts';
import type {
  References,
  SecurityGroup,
  SecurityGroupProvider,
  Subnet,
  SubnetProvider,
} from '#core/ports/cloud.ts';
import { subnetReferences } from './references.ts';
import { groupsAbroad, securityGroupReferences } from './security-groups.ts';

/** What some NodeENIs refer to. */
export interface Resolved {
  readonly subnets: readonly Subnet[];
  readonly securityGroups: readonly SecurityGroup[];
  /** By the name of the NodeENI whose references cannot be reported now. */
  readonly unresolved: ReadonlyMap<string, Unresolved>;
}

interface Providers {
  readonly subnets: SubnetProvider;
  readonly securityGroups: SecurityGroupProvider;
}

/** With `isFresh` they are looked up past what is remembered. */
type Options = Parameters<SubnetProvider['find']>[1];

const joined = (all: readonly References[]): References => ({
  ids: [...new Set(all.flatMap(({ ids }) => ids))],
  names: [...new Set(all.flatMap(({ names }) => names))],
});

const find = async (nodeEnis: readonly NodeEni[], providers: Providers, options: Options) => {
  const specs = nodeEnis.map(({ spec }) => spec);
  const [subnets, securityGroups] = await Promise.all([
    providers.subnets.find(joined(specs.map(subnetReferences)), options),
    providers.securityGroups.find(joined(specs.map(securityGroupReferences)), options),
  ]);
  const abroad = groupsAbroad(nodeEnis, subnets, securityGroups);
  if (abroad.length === 0) return { subnets, securityGroups };
  const associations = await providers.securityGroups.findAssociations(abroad);
  return {
    subnets,
    securityGroups: securityGroups.map((group) => {
      const associatedVpcIds = associations.get(group.groupId);
      return associatedVpcIds === undefined ? group : { ...group, associatedVpcIds };
    }),
  };
};

const unresolved = (error: unknown): Unresolved => {
  const { failure, message, retryAfterSeconds } = asCallError(error);
  // A wait for its turn is nobody's fault.
  const phase = failure === 'Throttled' ? 'Pending' : 'Failed';
  const { reason } = FAILURE_RULES[failure];
  return { phase, reason, message, requeueAfterSeconds: retryAfterSeconds };
};

const uniqueBy = <T>(items: readonly T[], keyOf: (item: T) => string): T[] => [
  ...new Map(items.map((item) => [keyOf(item), item])).values(),
];

const findAll = async (
  nodeEnis: readonly NodeEni[],
  providers: Providers,
  options: Options,
): Promise<Resolved> => ({
  ...(await find(nodeEnis, providers, options)),
  unresolved: new Map(),
});

const findOne = (nodeEni: NodeEni, providers: Providers, options: Options): Promise<Resolved> =>
  findAll([nodeEni], providers, options).catch((error: unknown) => ({
    subnets: [],
    securityGroups: [],
    unresolved: new Map([[nodeEni.metadata.name, unresolved(error)]]),
  }));

/**
 * Reconciles up what these NodeENIs refer to, all at once. When that fails, each is asked for by itself, so that what EC2 will not
 * answer for one of them is reported on that one and on no other. The request budget of the look-ups bounds what this costs.
 */
export const resolveReferences = async (
  nodeEnis: readonly NodeEni[],
  providers: Providers,
  options: Options = {},
): Promise<Resolved> => {
  try {
    return await findAll(nodeEnis, providers, options);
  } catch {
    const each = await Promise.all(nodeEnis.map((nodeEni) => findOne(nodeEni, providers, options)));
    return {
      subnets: uniqueBy(
        each.flatMap(({ subnets }) => subnets),
        ({ subnetId }) => subnetId,
      ),
      securityGroups: uniqueBy(
        each.flatMap(({ securityGroups }) => securityGroups),
        ({ groupId }) => groupId,
      ),
      unresolved: new Map(each.flatMap((one) => [...one.unresolved])),
    };
  }
};
