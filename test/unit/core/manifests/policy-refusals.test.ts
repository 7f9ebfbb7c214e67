import { describe, expect, it } from 'vitest';
import { FINALIZER, NOT_READY_TAINT } from '#core/apis/v1alpha1/names.ts';
import { agentPolicies } from '#core/manifests/agent-policy.ts';
import { networkPolicy } from '#core/manifests/network-policy.ts';
import { nodeEniPolicy } from '#core/manifests/node-eni-policy.ts';
import { nodePolicy } from '#core/manifests/node-policy.ts';
import { nodeStatusPolicy } from '#core/manifests/node-status-policy.ts';
import { type PolicySpec, type Reviewed, refusalsOf } from '#test/support/cel/admission.ts';

const GROUP = 'team:nodeeni';
const AGENT = 'system:serviceaccount:nodeeni-system:nodeeni-agent';
const NODE_NAME_CLAIM = 'authentication.kubernetes.io/node-name';

const specs = [
  ...agentPolicies(),
  ...[nodePolicy, nodeStatusPolicy, nodeEniPolicy, networkPolicy].flatMap((policy) =>
    policy(GROUP),
  ),
]
  .filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')
  .map(({ spec }) => spec as PolicySpec);

/** Why a write is refused, by the CEL of all policies that are for it. */
const refusals = (write: Reviewed): readonly string[] =>
  specs.flatMap((spec) => refusalsOf(spec, write));

interface Target {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

const STATES: Target = {
  group: 'networking.k8s.aws',
  version: 'v1alpha1',
  resource: 'nodeenistates',
};
const NODE_ENIS: Target = { ...STATES, resource: 'nodeenis' };
const PODS: Target = { group: '', version: 'v1', resource: 'pods' };
const EVENTS: Target = { group: '', version: 'v1', resource: 'events' };
const NODES: Target = { group: '', version: 'v1', resource: 'nodes' };

const byAgentOn = (...nodeNames: readonly string[]): Reviewed['request']['userInfo'] => ({
  username: AGENT,
  groups: ['system:serviceaccounts'],
  ...(nodeNames.length > 0 && { extra: { [NODE_NAME_CLAIM]: nodeNames } }),
});

const write = (
  operation: string,
  resource: Target,
  { object = null, oldObject = null }: { object?: object | null; oldObject?: object | null },
  userInfo = byAgentOn('own'),
  subResource?: string,
): Reviewed => ({
  request: { resource, operation, userInfo, ...(subResource && { subResource }) },
  object,
  oldObject,
});

const state = (nodeName: string | undefined, status: object = {}) => ({
  metadata: { name: 'i-1' },
  spec: nodeName === undefined ? {} : { nodeName },
  status,
});
const report = { host: { 'data/subnet-1': { eniId: 'eni-1', generation: 1 } } };
const attached = {
  interfaces: { 'data/subnet-1': { phase: 'Attached' } },
  summary: { ready: '0/1', reason: 'InUse', interfaces: 1 },
};

const reportOn = (nodeName: string | undefined, userInfo = byAgentOn('own')): Reviewed => {
  const oldObject = state(nodeName, attached);
  const object = state(nodeName, { ...attached, ...report });
  return write('UPDATE', STATES, { object, oldObject }, userInfo, 'status');
};

const OWN_STATE = 'an agent writes only the NodeENIState of its own node';
const ONLY_HOST = 'an agent changes nothing of a NodeENIState but status.host';
const OWN_PODS = 'an agent restarts pods of its own node only';
const ONLY_DAEMON_SETS = 'an agent restarts only pods of a DaemonSet';
const OWN_EVENTS = 'an agent records events of its own node only';

describe('an agent and the NodeENIStates', () => {
  it('reports on its own node', () => {
    expect(refusals(reportOn('own'))).toEqual([]);
  });

  it.each([
    { what: 'another node', refused: reportOn('other') },
    { what: 'a node that nobody knows', refused: reportOn(undefined) },
    { what: 'its own, by a token that is bound to none', refused: reportOn('own', byAgentOn()) },
    { what: 'none, by a token that is bound to none', refused: reportOn(undefined, byAgentOn()) },
  ])('does not report on $what', ({ refused }) => {
    expect(refusals(refused)).toEqual([OWN_STATE]);
  });

  it('does not make an object its own by the write that is judged', () => {
    const oldObject = state('other');
    const object = state('own', report);

    expect(
      refusals(write('UPDATE', STATES, { object, oldObject }, byAgentOn('own'), 'status')),
    ).toEqual([OWN_STATE]);
  });

  it('says nothing in the place of the controller', () => {
    const oldObject = state('own', attached);

    for (const object of [
      state('own'),
      state('own', { ...attached, interfaces: {} }),
      state('own', { ...attached, interfacesOmitted: 3 }),
      state('own', { ...attached, summary: { ...attached.summary, ready: '1/1' } }),
      state('own', { ...attached, summary: { ...attached.summary, reason: 'Ready' } }),
      state('own', { ...attached, summary: { ...attached.summary, interfaces: 0 } }),
      state('own', { interfaces: attached.interfaces }),
    ])
      expect(
        refusals(write('UPDATE', STATES, { object, oldObject }, byAgentOn('own'), 'status')),
      ).toEqual([ONLY_HOST]);
  });

  it('changes no spec', () => {
    const oldObject = state('own');

    expect(refusals(write('UPDATE', STATES, { object: state('own', report), oldObject }))).toEqual([
      ONLY_HOST,
    ]);
  });

  it('makes and deletes none', () => {
    expect(refusals(write('CREATE', STATES, { object: state('own') }))).toEqual([
      OWN_STATE,
      ONLY_HOST,
    ]);
    expect(refusals(write('DELETE', STATES, { oldObject: state('own') }))).toEqual([ONLY_HOST]);
  });
});

describe('an agent and the pods', () => {
  const pod = (nodeName: string | undefined, ...owners: readonly string[]) => ({
    metadata: { ...(owners.length > 0 && { ownerReferences: owners.map((kind) => ({ kind })) }) },
    spec: { ...(nodeName && { nodeName }) },
  });

  it.each([
    { what: 'one of a DaemonSet', oldObject: pod('own', 'DaemonSet'), expected: [] },
    { what: 'one elsewhere', oldObject: pod('other', 'DaemonSet'), expected: [OWN_PODS] },
    { what: 'one nowhere yet', oldObject: pod(undefined, 'DaemonSet'), expected: [OWN_PODS] },
    {
      what: 'one of another kind',
      oldObject: pod('own', 'ReplicaSet'),
      expected: [ONLY_DAEMON_SETS],
    },
    { what: 'one of nobody', oldObject: pod('own'), expected: [ONLY_DAEMON_SETS] },
  ])('asks to delete $what', ({ oldObject, expected }) => {
    expect(refusals(write('DELETE', PODS, { oldObject }))).toEqual(expected);
  });
});

describe('an agent and the events', () => {
  it.each([
    { what: 'its node', involvedObject: { kind: 'Node', name: 'own' }, expected: [] },
    { what: 'another', involvedObject: { kind: 'Node', name: 'other' }, expected: [OWN_EVENTS] },
    { what: 'a namesake', involvedObject: { kind: 'Pod', name: 'own' }, expected: [OWN_EVENTS] },
    { what: 'nothing', involvedObject: {}, expected: [OWN_EVENTS] },
  ])('records one of $what', ({ involvedObject, expected }) => {
    for (const operation of ['CREATE', 'UPDATE'])
      expect(refusals(write(operation, EVENTS, { object: { involvedObject } }))).toEqual(expected);
  });
});

describe('the functions and the nodes', () => {
  const NOTHING_ELSE = 'nodeeni changes nothing of a node but its taints and labels';
  const LABEL = 'nodeeni.networking.k8s.aws/data';
  const NO_OTHER_LABEL = 'nodeeni.networking.k8s.aws/<nodeeni>=ready';
  const OURS = { key: NOT_READY_TAINT, effect: 'NoSchedule' };
  const HELD = { key: 'example.com/held', effect: 'NoSchedule' };
  const userInfo = { username: 'lambda', groups: ['system:authenticated', GROUP] };
  const before = {
    metadata: {
      labels: { ng: 'a', [`${LABEL}-old`]: 'ready', [`${LABEL}-mine`]: 'x' },
      annotations: { b: 'c' },
    },
    spec: { providerID: 'aws:///us-east-1a/i-1', unschedulable: true, taints: [OURS, HELD] },
  };
  const { metadata, spec } = before;

  it.each([
    { what: 'take their own taint off', after: { spec: { ...spec, taints: [HELD] } } },
    { what: 'change nothing', after: {} },
    {
      what: 'label it with what is ready',
      after: { metadata: { ...metadata, labels: { ...metadata.labels, [LABEL]: 'ready' } } },
    },
    {
      what: 'take such a label off',
      after: {
        metadata: { ...metadata, labels: { ...metadata.labels, [`${LABEL}-old`]: undefined } },
      },
    },
  ])('may $what', ({ after }) => {
    const object = { ...before, ...after };

    expect(refusals(write('UPDATE', NODES, { object, oldObject: before }, userInfo))).toEqual([]);
  });

  it.each([
    ...[
      ['the value of a label', { ng: 'b' }, 'puts no label on but'],
      ['a new label', { other: 'ready' }, 'puts no label on but'],
      ['a label of its own to another value', { [LABEL]: 'soon' }, 'puts no label on but'],
      ['a label that is not its own', { ng: undefined }, 'takes no label off but'],
      ['a label that has its prefix', { [`${LABEL}-mine`]: undefined }, 'takes no label off but'],
    ].map(([what, labels, why]) => ({
      what,
      after: { metadata: { ...metadata, labels: { ...metadata.labels, ...(labels as object) } } },
      expected: `nodeeni ${why} ${NO_OTHER_LABEL}`,
    })),
    { what: 'annotations', after: { metadata: { ...metadata, annotations: {} } } },
    { what: 'finalizers', after: { metadata: { ...metadata, finalizers: ['x'] } } },
    { what: 'owners', after: { metadata: { ...metadata, ownerReferences: [{ name: 'x' }] } } },
    { what: 'scheduling', after: { spec: { ...spec, unschedulable: undefined } } },
    {
      what: "another's taint",
      after: { spec: { ...spec, taints: [OURS] } },
      expected: `nodeeni takes no taint off but ${NOT_READY_TAINT}`,
    },
    {
      what: 'the effect of a taint',
      after: { spec: { ...spec, taints: [{ ...OURS, effect: 'NoExecute' }, HELD] } },
      expected: 'nodeeni puts no taint on',
    },
    {
      what: 'a new taint',
      after: { spec: { ...spec, taints: [OURS, HELD, { key: 'x' }] } },
      expected: 'nodeeni puts no taint on',
    },
  ])('may not change $what', ({ after, expected = NOTHING_ELSE }) => {
    const object = { ...before, ...after };

    expect(refusals(write('UPDATE', NODES, { object, oldObject: before }, userInfo))).toEqual([
      expected,
    ]);
  });
});

describe('the functions and the status of nodes', () => {
  const NOTHING_ELSE = 'nodeeni changes nothing in the status of a node but its resources';
  const NO_OTHER = 'nodeeni changes no resource of a node but extended ones';
  const userInfo = { username: 'lambda', groups: ['system:authenticated', GROUP] };
  const RESOURCE = 'nodeeni.networking.k8s.aws/lan';
  const has = { cpu: '4', pods: '110', 'example.com/old': '3' };
  const before = {
    metadata: { labels: { ng: 'a' } },
    status: { capacity: has, allocatable: has, conditions: [{ type: 'Ready', status: 'True' }] },
  };
  const patched = (status: object, metadata: object = before.metadata) =>
    write(
      'UPDATE',
      NODES,
      { object: { metadata, status: { ...before.status, ...status } }, oldObject: before },
      userInfo,
      'status',
    );

  it.each([
    { what: 'offer a network', has: { ...has, [RESOURCE]: '16' } },
    { what: 'end that', has: { cpu: '4', pods: '110' } },
    { what: 'change it', has: { ...has, 'example.com/old': '0' } },
  ])('may $what', ({ has: next }) => {
    expect(refusals(patched({ capacity: next, allocatable: next }))).toEqual([]);
  });

  it.each([
    { what: 'the pods of a node', write: patched({ capacity: { ...has, pods: '9' } }) },
    { what: 'what may be used of a node', write: patched({ allocatable: { pods: '110' } }) },
    {
      what: "a resource of Kubernetes' own domain",
      write: patched({ capacity: { ...has, 'x.kubernetes.io/y': '1' } }),
    },
    { what: 'a condition', write: patched({ conditions: [] }), expected: NOTHING_ELSE },
    { what: 'an address', write: patched({ addresses: [{}] }), expected: NOTHING_ELSE },
    { what: 'a label', write: patched({}, { labels: {} }), expected: NOTHING_ELSE },
  ])('may not change $what', ({ write: change, expected = NO_OTHER }) => {
    expect(refusals(change)).toEqual([expected]);
  });
});

describe('the functions and the networks of Multus', () => {
  const NOT_OURS =
    'nodeeni writes no NetworkAttachmentDefinition without the label nodeeni.networking.k8s.aws/uid';
  const userInfo = { username: 'lambda', groups: ['system:authenticated', GROUP] };
  const NETWORKS: Target = {
    group: 'k8s.cni.cncf.io',
    version: 'v1',
    resource: 'network-attachment-definitions',
  };
  const ours = { metadata: { labels: { 'nodeeni.networking.k8s.aws/uid': 'u' } } };
  const theirs = { metadata: { labels: { team: 'a' } }, spec: { config: '{}' } };

  it.each([
    { what: 'make', operation: 'CREATE', object: ours },
    { what: 'mend', operation: 'UPDATE', object: ours, oldObject: { ...theirs, ...ours } },
    { what: 'delete', operation: 'DELETE', oldObject: ours },
  ])('may $what one of their own', ({ operation, ...objects }) => {
    expect(refusals(write(operation, NETWORKS, objects, userInfo))).toEqual([]);
  });

  it.each([
    { what: "make one that looks like anybody's", operation: 'CREATE', object: { metadata: {} } },
    { what: 'take one', operation: 'UPDATE', object: ours, oldObject: theirs },
    { what: 'delete one of others', operation: 'DELETE', oldObject: theirs },
  ])('may not $what', ({ operation, ...objects }) => {
    expect(refusals(write(operation, NETWORKS, objects, userInfo))).toEqual([NOT_OURS]);
  });

  it('may not write a configuration, which would count instead of the file of the node', () => {
    const object = { ...ours, spec: { config: '{}' } };

    expect(refusals(write('CREATE', NETWORKS, { object }, userInfo))).toEqual([
      'nodeeni writes no configuration into a NetworkAttachmentDefinition',
    ]);
  });
});

describe('the functions and the NodeENIs', () => {
  const NOTHING_ELSE = 'nodeeni changes nothing of a NodeENI but its finalizer and its status';
  const NO_OTHER = `nodeeni puts on and takes off no finalizer but ${FINALIZER}`;
  const userInfo = { username: 'lambda', groups: ['system:authenticated', GROUP] };
  const metadata = { name: 'data', labels: { team: 'a' }, finalizers: ['example.com/kept'] };
  const before = { metadata, spec: { subnetID: 'subnet-1' } };
  const withFinalizers = (...finalizers: readonly string[]) => ({
    ...before,
    metadata: { ...metadata, finalizers },
  });
  const held = withFinalizers('example.com/kept', FINALIZER);

  it.each([
    { what: 'put their finalizer on', oldObject: before, object: held },
    { what: 'take their finalizer off', oldObject: held, object: before },
    { what: 'change nothing', oldObject: before, object: before },
    {
      what: 'put it on as the first',
      oldObject: { spec: {} },
      object: { spec: {}, metadata: { finalizers: [FINALIZER] } },
    },
  ])('may $what', ({ oldObject, object }) => {
    expect(refusals(write('UPDATE', NODE_ENIS, { object, oldObject }, userInfo))).toEqual([]);
  });

  it.each([
    { what: 'a spec', object: { ...before, spec: { subnetID: 'subnet-2' } } },
    { what: 'a spec by leaving it out', object: { metadata } },
    { what: 'labels', object: { ...before, metadata: { ...metadata, labels: {} } } },
    {
      what: 'annotations',
      object: { ...before, metadata: { ...metadata, annotations: { a: 'b' } } },
    },
    {
      what: 'owners',
      object: { ...before, metadata: { ...metadata, ownerReferences: [{ name: 'x' }] } },
    },
    { what: "another's finalizer", object: withFinalizers(), expected: NO_OTHER },
    {
      what: 'the finalizers by one more of another name',
      object: withFinalizers('example.com/kept', 'example.com/new'),
      expected: NO_OTHER,
    },
  ])('may not change $what', ({ object, expected = NOTHING_ELSE }) => {
    expect(refusals(write('UPDATE', NODE_ENIS, { object, oldObject: before }, userInfo))).toEqual([
      expected,
    ]);
  });

  it('make and delete none', () => {
    expect(refusals(write('CREATE', NODE_ENIS, { object: { spec: {} } }, userInfo))).toEqual([
      NOTHING_ELSE,
    ]);
    expect(refusals(write('DELETE', NODE_ENIS, { oldObject: { spec: {} } }, userInfo))).toEqual([
      NOTHING_ELSE,
    ]);
  });
});

it('nobody else is held to these policies', () => {
  const somebody = { username: 'somebody', groups: ['system:masters'] };

  expect(
    refusals(
      write(
        'UPDATE',
        NODES,
        { object: {}, oldObject: { spec: { taints: [{ key: 'x' }] } } },
        somebody,
      ),
    ),
  ).toEqual([]);
  expect(refusals(reportOn('other', somebody))).toEqual([]);
  expect(
    refusals(
      write(
        'UPDATE',
        NODE_ENIS,
        { object: { spec: {} }, oldObject: { spec: { mtu: 9000 } } },
        somebody,
      ),
    ),
  ).toEqual([]);
});
