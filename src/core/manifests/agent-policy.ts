import { GROUP, VERSION } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { admissionPolicy, type ResourceRule, type Validation } from './admission-policy.ts';
import { AGENT, AGENT_USER } from './agent.ts';
import type { Manifest } from './manifest.ts';
import { type Absent, fieldOf, isChanged } from './match-conditions.ts';

/** To what an agent's writes of one kind are held. */
interface Hold {
  readonly name: string;
  readonly rule: ResourceRule;
  /** The node that the object is of, in CEL. */
  readonly nodeName: string;
  readonly ownNodeMessage: string;
  readonly validations?: readonly Validation[];
}

type Status = NonNullable<NodeEniState['status']>;

/** What the functions say in the status of a NodeENIState: every field but `host`, down to single values. */
const FUNCTIONS_WORD = {
  interfaces: { interfaces: '{}' },
  interfacesOmitted: { interfacesOmitted: '0' },
  summary: { 'summary.ready': '""', 'summary.reason': '""', 'summary.interfaces': '0' },
} as const satisfies Record<Exclude<keyof Status, 'host'>, Readonly<Record<string, Absent>>>;

const isTheirWordChanged = Object.values(FUNCTIONS_WORD)
  .flatMap((fields) => Object.entries<Absent>(fields))
  .map(([path, absent]) => isChanged(`status.${path}`, absent))
  .join(' || ');

const HOLDS: readonly Hold[] = [
  {
    name: `${AGENT}-states`,
    rule: {
      apiGroups: [GROUP],
      apiVersions: [VERSION],
      operations: ['CREATE', 'UPDATE', 'DELETE'],
      resources: ['nodeenistates', 'nodeenistates/status'],
      scope: 'Cluster',
    },
    // As it was before: nobody makes an object his own by the write that is judged.
    nodeName: `oldObject == null ? "" : ${fieldOf('oldObject', 'spec.nodeName', '""')}`,
    ownNodeMessage: 'an agent writes only the NodeENIState of its own node',
    validations: [
      {
        expression: `request.operation == "UPDATE" && request.subResource == "status" && !(${isTheirWordChanged})`,
        message: 'an agent changes nothing of a NodeENIState but status.host',
      },
    ],
  },
  {
    name: `${AGENT}-pods`,
    rule: {
      apiGroups: [''],
      apiVersions: ['v1'],
      operations: ['DELETE'],
      resources: ['pods'],
      scope: 'Namespaced',
    },
    nodeName: fieldOf('oldObject', 'spec.nodeName', '""'),
    ownNodeMessage: 'an agent restarts pods of its own node only',
    validations: [
      {
        expression: `${fieldOf('oldObject', 'metadata.ownerReferences', '[]')}.exists(owner, owner.kind == "DaemonSet")`,
        message: 'an agent restarts only pods of a DaemonSet',
      },
    ],
  },
  {
    name: `${AGENT}-events`,
    rule: {
      apiGroups: [''],
      apiVersions: ['v1'],
      operations: ['CREATE', 'UPDATE'],
      resources: ['events'],
      scope: 'Namespaced',
    },
    nodeName:
      'object.involvedObject.?kind.orValue("") == "Node" ? object.involvedObject.?name.orValue("") : ""',
    ownNodeMessage: 'an agent records events of its own node only',
  },
];

/**
 * The node that the agent's token is bound to, by way of its pod. The API server says so itself, from Kubernetes 1.30 on
 * ("Service account token volume projection", kubernetes.io); a token that does not tell may write nothing.
 */
const BOUND_NODE =
  'request.userInfo.extra[?"authentication.kubernetes.io/node-name"][0].orValue("")';

const policyOf = ({
  name,
  rule,
  nodeName,
  ownNodeMessage,
  validations = [],
}: Hold): readonly Manifest[] =>
  admissionPolicy({
    name,
    rule,
    judged: { name: 'by-an-agent', expression: `request.userInfo.username == "${AGENT_USER}"` },
    variables: [
      { name: 'boundNode', expression: BOUND_NODE },
      { name: 'node', expression: nodeName },
    ],
    validations: [
      {
        expression: 'variables.boundNode != "" && variables.node == variables.boundNode',
        message: ownNodeMessage,
      },
      ...validations,
    ],
  });

/**
 * RBAC gives every agent the same rights, over all nodes. This holds each to its own node, so that who takes over one
 * host cannot speak for another ("Validating Admission Policy", kubernetes.io).
 */
export const agentPolicies = (): readonly Manifest[] => HOLDS.flatMap(policyOf);
