import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import {
  attachedTo,
  completedByCall,
  inService,
  inServiceMeansAttached,
  interfaceCount,
  isAttachedTo,
  isGone,
  noCall,
  noChanges,
  nodeEniSays,
  nodesAreKnown,
} from './claims.ts';
import { short } from './line.ts';
import { MANIFEST, NODE_ENI_NAME } from './manifest.ts';
import type { Snapshot } from './snapshot.ts';
import { GROUP_NAME, type Stage, SWEEP_INTERVAL_SECONDS } from './stage.ts';
import type { Step } from './step.ts';
import { nodeEniTables } from './tables.ts';

/** A step is written when it begins, about the instances and interfaces that are there then. */
export type Chapter = (stage: Stage, now: Snapshot) => Step;

const ALL_READY = 'AllInterfacesReady';

/** An instance of the group, by the order of launches, and its interface. */
const memberAt = (now: Snapshot, position: number) => {
  const instanceId = [...now.members.keys()][position] ?? 'no instance';
  const [eni] = attachedTo(now, instanceId);
  const nodeName = now.instances.get(instanceId)?.nodeName ?? 'no node';
  return { instanceId, nodeName, eniId: eni?.eniId ?? 'no interface' };
};

const applyIt: Chapter = ({ world }) => ({
  title: 'A NodeENI is applied, and no node is there yet',
  deed: `kubectl apply -f ${NODE_ENI_NAME}.yaml`,
  act: () => world.kubernetes.apply(MANIFEST),
  reaches: [nodeEniSays('0/0', 'NoMatchingNodes')],
  keeps: [noChanges],
  withinSeconds: 60,
});

const grow: Chapter = ({ world }) => ({
  title: 'The group grows from 0 to 3',
  deed: `set the desired capacity of ${GROUP_NAME} to 3`,
  act: () => world.autoScaling.setDesiredCapacity(GROUP_NAME, 3),
  reaches: [interfaceCount(3), completedByCall(3), inService(3), nodeEniSays('3/3', ALL_READY)],
  keeps: [inServiceMeansAttached],
  withinSeconds: 120,
});

const rest: Chapter = () => ({
  title: 'Twelve minutes pass, and nobody does anything',
  reaches: [nodeEniSays('3/3', ALL_READY), nodesAreKnown(3)],
  keeps: [noChanges],
  lastsSeconds: 720,
  withinSeconds: 720,
  report: nodeEniTables,
});

const detach: Chapter = ({ world }, now) => {
  const { instanceId, eniId } = memberAt(now, 1);
  return {
    title: 'Somebody detaches an interface by hand, and no event tells of it',
    deed: `detach ${short(eniId)} from ${short(instanceId)} in the EC2 console`,
    act: () => world.ec2.byHand.detach(eniId),
    reaches: [
      isAttachedTo(eniId, instanceId, 'the same interface is back on its instance'),
      interfaceCount(3),
      nodeEniSays('3/3', ALL_READY),
    ],
    keeps: [noCall('CreateNetworkInterface', 'no second interface was made')],
    withinSeconds: SWEEP_INTERVAL_SECONDS + 60,
  };
};

const unlabel: Chapter = ({ world }, now) => {
  const { nodeName, eniId } = memberAt(now, 2);
  return {
    title: 'A node loses its label',
    deed: `kubectl label node ${nodeName} ng-`,
    act: () => world.kubernetes.labelNode(nodeName, { ng: null }),
    reaches: [
      isGone(eniId, 'its interface is deleted'),
      interfaceCount(2),
      nodeEniSays('2/2', ALL_READY),
    ],
    withinSeconds: 120,
  };
};

const scaleIn: Chapter = ({ world }, now) => {
  const { eniId } = memberAt(now, 0);
  return {
    title: 'The group shrinks from 3 to 2',
    deed: `set the desired capacity of ${GROUP_NAME} to 2`,
    act: () => world.autoScaling.setDesiredCapacity(GROUP_NAME, 2),
    reaches: [
      isGone(eniId, 'the interface ends with its instance'),
      interfaceCount(1),
      inService(2),
      nodeEniSays('1/1', ALL_READY),
    ],
    keeps: [
      noCall('DetachNetworkInterface', 'nobody had to detach it'),
      noCall('DeleteNetworkInterface', 'nobody had to delete it'),
    ],
    withinSeconds: 300,
  };
};

const remove: Chapter = ({ world }) => ({
  title: 'The NodeENI is deleted',
  deed: `kubectl delete nodeeni ${NODE_ENI_NAME}`,
  act: () => world.kubernetes.delete(NODE_ENIS, NODE_ENI_NAME),
  reaches: [
    interfaceCount(0),
    {
      says: 'the NodeENI is gone',
      holds: ({ now }) => now.nodeEnis.size === 0,
    },
    {
      says: 'no state object speaks of an interface',
      holds: ({ now }) => now.states.every(({ slots }) => slots === 0),
    },
  ],
  keeps: [
    {
      says: 'the finalizer stayed as long as EC2 had an interface',
      holds: ({ now }) => now.nodeEnis.size > 0 || now.interfaces.size === 0,
    },
  ],
  withinSeconds: 300,
});

/** The life of a NodeENI from its first apply to its last interface. */
export const STORY: readonly Chapter[] = [applyIt, grow, rest, detach, unlabel, scaleIn, remove];
