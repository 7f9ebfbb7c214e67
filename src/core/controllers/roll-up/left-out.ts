import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Explanation } from '#core/explanation.ts';
import { once } from '#core/once.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';
import type { Row } from './rows.ts';
import type { Verdict } from './troubles.ts';

/** A matched node that cannot be served, and why. */
export interface Unserved extends Explanation {
  readonly nodeName: string;
}

/** The matched nodes of which no row speaks. */
export interface LeftOut {
  readonly unserved: readonly Unserved[];
  /** Nobody has reconciled these yet, as far as is known. */
  readonly unseen: readonly string[];
}

/** What is known of matched nodes that are not served. */
export interface Explained {
  /** Why nothing comes of reconciles, by instance id. */
  readonly failures: ReadonlyMap<string, Explanation>;
  readonly stuckTaints: readonly Unserved[];
}

export const NOTHING_EXPLAINED: Explained = { failures: new Map(), stuckTaints: [] };

/** A Node may be there before its cloud provider has told the instance ("Cloud Controller Manager", kubernetes.io). */
const PROVIDER_ID_SECONDS = 120;

/** Nodes that are named in a message; the others are counted. */
const MOST_NAMES = 3;

const withoutInstance = ({ name, providerId }: ClusterNode): Unserved => ({
  nodeName: name,
  reason: 'NoInstance',
  message:
    providerId === undefined
      ? 'its Node has no providerID, so no EC2 instance is known'
      : `its providerID ${providerId} names no EC2 instance`,
});

const isYoung = ({ createdAt }: ClusterNode, now: Date): boolean =>
  createdAt !== undefined && now.getTime() - createdAt.getTime() < PROVIDER_ID_SECONDS * 1000;

/** Instances whose objects have no room for all that is asked of them. */
export const fullNodesIn = once(
  (states: readonly NodeEniState[]): ReadonlyMap<string, Explanation> =>
    new Map(
      states.flatMap(({ metadata, status }) => {
        const omitted = status?.interfacesOmitted ?? 0;
        if (omitted === 0) return [];
        const message = `more interfaces are asked for than its object can tell, and ${omitted} are left out`;
        return [[metadata.name, { reason: 'TooManyInterfaces', message }] as const];
      }),
    ),
);

/** Matched nodes without a row. In: why a reconcile at some instances comes to nothing, by instance id. */
export const leftOutOf = (
  nodes: readonly ClusterNode[],
  rows: readonly Row[],
  explanations: ReadonlyMap<string, Explanation>,
  now: Date,
): LeftOut => {
  const seen = new Set(rows.map(({ instanceId }) => instanceId));
  const missing = nodes.filter(
    ({ instanceId }) => instanceId === undefined || !seen.has(instanceId),
  );
  const unserved = missing.flatMap((node): readonly Unserved[] => {
    if (node.instanceId === undefined) return isYoung(node, now) ? [] : [withoutInstance(node)];
    const explanation = explanations.get(node.instanceId);
    return explanation === undefined ? [] : [{ nodeName: node.name, ...explanation }];
  });
  const told = new Set(unserved.map(({ nodeName }) => nodeName));
  const unseen = missing.filter(({ name }) => !told.has(name)).map(({ name }) => name);
  return { unserved, unseen };
};

/** A node of an instance that has ended goes by itself: it is named, and nothing waits for it. */
const isEnding = ({ reason }: Unserved): boolean => reason === 'InstanceEnded';

const inWords = (unserved: readonly Unserved[], matchedNodes: number): string => {
  const named = unserved
    .slice(0, MOST_NAMES)
    .map(({ nodeName, message }) => `${nodeName}: ${message}`);
  const more = unserved.length - named.length;
  return `${unserved.length} of ${matchedNodes} matched nodes cannot be served: ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`;
};

const NONE: LeftOut = { unserved: [], unseen: [] };

/** What keeps `Ready` from being so; undefined when every matched node has been reconciled. */
export const missingNodes = (
  { unserved, unseen } = NONE,
  rows: readonly Row[],
  matchedNodes: number,
): Verdict | undefined => {
  const waited =
    rows.length === 0 && unseen.length === 0
      ? unserved
      : unserved.filter((node) => !isEnding(node));
  if (waited[0] !== undefined)
    return { isTrue: false, reason: waited[0].reason, message: inWords(waited, matchedNodes) };
  const [first] = unseen;
  return first === undefined
    ? undefined
    : {
        isTrue: false,
        reason: 'InProgress',
        message: `${unseen.length} of ${matchedNodes} matched nodes have not been reconciled yet, first ${first}.`,
      };
};

/** The condition `NodesServed`: every matched node that nobody can serve is counted, and the first ones are named. */
export const servedNodes = ({ unserved } = NONE, matchedNodes: number): Verdict =>
  unserved[0] === undefined
    ? { isTrue: true, reason: 'NoneLeftOut', message: '' }
    : { isTrue: false, reason: unserved[0].reason, message: inWords(unserved, matchedNodes) };
