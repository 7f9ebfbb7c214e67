import type { KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import { NODE_ENI_STATES, NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';
import type { Write } from '#simulator/kubernetes/admission.ts';

export const NODE_ENI: KubernetesObject = {
  metadata: { name: 'a', labels: { x: 'y' } },
  spec: { mtu: 9001 },
  status: { matchedNodes: 1 },
};
const NODE: KubernetesObject = {
  metadata: { name: 'n', labels: { x: 'y' } },
  spec: { providerID: 'aws:///a/i-1', taints: [] },
  status: { conditions: [] },
};
export const STATE: KubernetesObject = {
  metadata: { name: 'i-1' },
  status: { interfaces: {}, host: { s: { generation: 1 } } },
};

type Case = readonly [
  string,
  Pick<Write, 'resource' | 'subresource'>,
  KubernetesObject,
  Partial<KubernetesObject>,
  boolean,
];

const nodeStatus = { resource: NODES, subresource: 'status' } as const;
export const stateStatus = { resource: NODE_ENI_STATES, subresource: 'status' } as const;
const host = { host: { s: { generation: 2 } } };
const deleted = (object: KubernetesObject) => ({
  metadata: { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
});
const labelled = (object: KubernetesObject) => ({
  metadata: { ...object.metadata, labels: { x: 'z' } },
});

/** Updates, and whether each asks for a reconcile. */
export const UPDATES: readonly Case[] = [
  ['a spec', { resource: NODE_ENIS }, NODE_ENI, { spec: { mtu: 1500 } }, true],
  ['a deletion mark', { resource: NODE_ENIS }, NODE_ENI, deleted(NODE_ENI), true],
  ['labels of a NodeENI', { resource: NODE_ENIS }, NODE_ENI, labelled(NODE_ENI), false],
  ['a status', { resource: NODE_ENIS }, NODE_ENI, { status: {} }, false],
  ['labels of a Node', { resource: NODES }, NODE, labelled(NODE), true],
  ['labels through the status', nodeStatus, NODE, labelled(NODE), true],
  ['a providerID', { resource: NODES }, NODE, { spec: { providerID: 'aws:///a/i-2' } }, true],
  ['a deletion mark of a Node', { resource: NODES }, NODE, deleted(NODE), true],
  ['taints', { resource: NODES }, NODE, { spec: { ...Object(NODE.spec), taints: [1] } }, false],
  ['a boot', nodeStatus, NODE, { status: { conditions: [], nodeInfo: { bootID: 'b' } } }, true],
  ['a heartbeat', nodeStatus, NODE, { status: { conditions: [1] } }, false],
  [
    'what the host reports',
    stateStatus,
    STATE,
    { status: { ...Object(STATE.status), ...host } },
    true,
  ],
  [
    'what the controller reports',
    stateStatus,
    STATE,
    { status: { ...Object(STATE.status), interfaces: { s: 1 } } },
    false,
  ],
  ['a NodeENIState', { resource: NODE_ENI_STATES }, STATE, { status: host }, false],
];

/** Other writes, by operation. */
export const OTHER_WRITES = [
  ['CREATE', NODE_ENIS, true],
  ['DELETE', NODE_ENIS, true],
  ['CREATE', NODES, true],
  ['DELETE', NODES, true],
  ['CREATE', NODE_ENI_STATES, false],
] as const;
