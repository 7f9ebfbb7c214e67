import { COMPUTE_TYPE_LABEL, UNSERVED_COMPUTE_TYPES } from '#core/apis/v1alpha1/names.ts';
import { requirementsOf, type Selecting } from '#core/apis/v1alpha1/selector.ts';

/** A requirement of a node ("NodeSelectorRequirement", Kubernetes API Reference); knows more operators than a NodeENI. */
interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
}

/** Requirements that a node must meet, all of them. */
export interface NodeTerm {
  readonly matchExpressions?: readonly Requirement[] | undefined;
  readonly matchFields?: readonly Requirement[] | undefined;
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

/** The part of a pod's affinity that is read here; the rest is passed on as it is ("Affinity", Kubernetes API Reference). */
export interface Affinity {
  readonly [kind: string]: unknown;
  readonly nodeAffinity?: {
    readonly [how: string]: unknown;
    readonly [REQUIRED]?: { readonly nodeSelectorTerms: readonly NodeTerm[] } | undefined;
  };
}

/** Linux, and no kind of EKS node to which nobody attaches an interface. */
const ON_INSTANCES: readonly Requirement[] = [
  { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
  { key: COMPUTE_TYPE_LABEL, operator: 'NotIn', values: UNSERVED_COMPUTE_TYPES },
];

const ANY: readonly NodeTerm[] = [{}];

const both = (left: NodeTerm, right: NodeTerm): NodeTerm => {
  const matchFields = [...(left.matchFields ?? []), ...(right.matchFields ?? [])];
  return {
    matchExpressions: [...(left.matchExpressions ?? []), ...(right.matchExpressions ?? [])],
    ...(matchFields.length > 0 && { matchFields }),
  };
};

export interface AgentNodes {
  readonly affinity?: Affinity;
  /** NodeENIs: only nodes that one of them selects have an agent. Absent: all nodes have. */
  readonly nodeEnis?: readonly Selecting[];
}

/**
 * The affinity of the agent's pods: on instances, where the given affinity allows it, and on nodes that one of the NodeENIs
 * selects. A node needs to meet one term of a list, with all that is in it ("Assigning Pods to Nodes", kubernetes.io), so each term
 * of one list is joined with each of the other.
 */
export const agentAffinity = ({ affinity = {}, nodeEnis }: AgentNodes): Affinity => {
  const { nodeAffinity } = affinity;
  const given = nodeAffinity?.[REQUIRED]?.nodeSelectorTerms ?? ANY;
  const selected =
    nodeEnis?.map((spec): NodeTerm => ({ matchExpressions: requirementsOf(spec) })) ?? ANY;
  const nodeSelectorTerms = given.flatMap((one) =>
    selected.map((other) => both(both({ matchExpressions: ON_INSTANCES }, one), other)),
  );
  return { ...affinity, nodeAffinity: { ...nodeAffinity, [REQUIRED]: { nodeSelectorTerms } } };
};
