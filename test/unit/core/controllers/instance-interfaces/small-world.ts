import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { createInstanceInterfaces } from '#core/controllers/instance-interfaces/controller.ts';
import type { ReconcileInput } from '#core/controllers/instance-interfaces/observe/observer.ts';
import { planInstance } from '#core/controllers/instance-interfaces/plan/plan.ts';
import { summaryChange } from '#core/controllers/instance-interfaces/summary.ts';
import { CallError, type FailureClass } from '#core/errors.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { Instance, NetworkInterface } from '#core/ports/cloud.ts';
import type { ClusterNode } from '#core/ports/cluster.ts';
import type { CommandInvocation } from '#core/ports/commands.ts';
import type { LifecycleHook } from '#core/ports/scaling.ts';
import type { WorkKey } from '#core/ports/work-queue.ts';
import {
  aGroup,
  ago,
  aNode,
  aNodeEni,
  anAvailableEni,
  anInstance,
  anObservation,
  aState,
  aSubnet,
  NOW,
} from '#test/support/builders.ts';

/** A node with it counts as one whose labels are to change. */
export const UNSETTLED_LABEL = 'unsettled';

export interface World {
  readonly instances?: readonly Instance[];
  readonly nodes?: readonly ClusterNode[];
  readonly nodeEnis?: readonly NodeEni[];
  readonly states?: readonly NodeEniState[];
  /** What EC2 shows of our ENIs, reading by reading; the last goes on for ever. */
  readonly shown?: readonly (readonly NetworkInterface[])[];
  readonly peers?: readonly NetworkInterface[];
  /** ENIs that are found only by their id. */
  readonly byId?: readonly NetworkInterface[];
  readonly groupTags?: Readonly<Record<string, string>>;
  readonly hooks?: readonly LifecycleHook[];
  /** How commands stand, by their id; without it no commands are sent. */
  readonly commands?: Readonly<Record<string, CommandInvocation>>;
  /** What is refused, by the text that is noted of it, and how. */
  readonly refused?: Readonly<Record<string, FailureClass>>;
}

const keyOf = (key: WorkKey): string => (key.kind === 'instance' ? key.instanceId : key.name);

const { limits } = anObservation();

/** A second instance of the same cluster, and its node. */
export const OTHER_INSTANCE = anInstance({ instanceId: 'i-other', privateDnsName: 'node-other' });
export const OTHER_NODE = aNode({ name: 'node-other', instanceId: 'i-other' });

/** The state object in which all is written down that the plan of this observation says. */
export const stateAfter = (observed: Observed): NodeEniState => {
  const plan = planInstance(observed);
  const { slots } = plan;
  const interfaces = Object.fromEntries(
    slots.flatMap(({ slot, report }) =>
      report ? [[slot, { ...report, since: ago(60), nodeEniGeneration: 1 }]] : [],
    ),
  );
  const state = aState(
    Object.fromEntries(slots.flatMap(({ slot, record }) => (record ? [[slot, record]] : []))),
    { interfaces },
  );
  const summary = summaryChange(plan, { ...observed, state });
  return { ...state, status: { interfaces, ...(summary && { summary }) } };
};

/** All that a reconcile asks and changes, kept in memory; `done` has the changes and `asked` the questions in their order. */
export const aSmallWorld = ({
  instances = [anInstance()],
  nodes = [aNode()],
  nodeEnis = [aNodeEni()],
  shown = [[]],
  refused = {},
  ...world
}: World = {}) => {
  const done: string[] = [];
  const asked: string[] = [];
  const stored = new Map((world.states ?? []).map((state) => [state.metadata.name, state]));
  let created = 0;
  let snapshot = 0;
  let now = NOW;

  const pass = async <T>(log: string[], text: string, answer: T): Promise<T> => {
    log.push(text);
    const failure = refused[text];
    if (failure !== undefined) throw new CallError(failure, 'Code', 'refused');
    return answer;
  };
  const change = (text: string) => pass(done, text, undefined);
  const ask = <T>(text: string, answer: T) => pass(asked, text, answer);

  type Dependencies = Parameters<typeof createInstanceInterfaces>[0];
  const enis: Partial<Dependencies['enis']> = {
    listForInstances(ids) {
      snapshot += 1;
      return ask(`ENIs of ${ids.join()}`, shown[snapshot - 1] ?? shown.at(-1) ?? []);
    },
    listPeer: () => ask('peers', world.peers ?? []),
    get: (ids) => ask(`ENIs ${ids.join()}`, world.byId ?? []),
    async create({ subnetId, tags }) {
      await change(`create in ${subnetId}`);
      created += 1;
      return anAvailableEni({ eniId: `eni-new-${created}`, subnetId, tags });
    },
    async attach({ eniId, deviceIndex }) {
      await change(`attach ${eniId} at ${deviceIndex}`);
      return `attachment-of-${eniId}`;
    },
    setDeleteOnTermination: ({ eniId, attachmentId, value }) =>
      change(`flag ${eniId} ${attachmentId} ${value}`),
    setDescription: (eniId) => change(`describe ${eniId}`),
    detach: (attachmentId) => change(`detach ${attachmentId}`),
    delete: (eniId) => change(`delete ${eniId}`),
  };
  const states: Partial<Dependencies['states']> = {
    get: (id) => ask(`state of ${id}`, stored.get(id)),
    async patchSpec(id, patch) {
      const said = Object.keys(patch).toSorted().join();
      await change(`record ${said} of ${id}`);
      const before = stored.get(id) ?? { metadata: { name: id, uid: `state-of-${id}` }, spec: {} };
      const slots = { ...before.spec.interfaces, ...patch.interfaces };
      const interfaces = Object.fromEntries(
        Object.entries(slots).flatMap(([slot, record]) => (record ? [[slot, record]] : [])),
      );
      const { missingSince, nodeMissingSince, ...rest } = { ...before.spec, ...patch };
      const state = {
        ...before,
        spec: {
          ...rest,
          ...(missingSince && { missingSince }),
          ...(nodeMissingSince && { nodeMissingSince }),
          interfaces,
        },
      };
      stored.set(id, state);
      return state;
    },
    async patchStatus(id, { interfaces = {}, host = {}, dropHost = [] }) {
      const rows = Object.entries(interfaces).map(
        ([slot, row]) => `${slot}=${row?.reason ?? 'gone'}`,
      );
      const said = [...rows, ...Object.keys(host).map((slot) => `host ${slot}`)];
      await change(`tell ${[...said, ...dropHost.map((slot) => `drop ${slot}`)].join()} of ${id}`);
    },
    async delete(id) {
      await change(`forget ${id}`);
      stored.delete(id);
    },
  };
  const nodeEniStore: Partial<Dependencies['nodeEnis']> = {
    list: () => ask('NodeENIs', { items: nodeEnis, invalid: [] }),
  };
  const dependencies: Dependencies = {
    clock: {
      now: () => now,
      sleep: (milliseconds) => change(`sleep ${milliseconds}`),
    },
    clusterName: 'prod',
    identity: { uid: async () => 'cluster-uid' },
    enis: enis as Dependencies['enis'],
    subnets: {
      find: ({ ids, names }) =>
        ask(`subnets ${ids.join()} ${names.join()}`, [
          aSubnet(),
          aSubnet({ subnetId: 'subnet-b' }),
        ]),
    },
    securityGroups: {
      find: ({ ids, names }) => ask(`groups ${ids.join()} ${names.join()}`, [aGroup()]),
      findAssociations: (ids) => ask(`associations ${ids.join()}`, new Map()),
    },
    instanceTypes: {
      get: (types) =>
        ask(`types ${types.join()}`, new Map(limits && [[limits.instanceType, limits]])),
    },
    scaling: {
      getGroupTags: (name) => ask(`tags of ${name}`, world.groupTags ?? {}),
      getHooks: (name) => ask(`hooks of ${name}`, world.hooks ?? []),
    } as Dependencies['scaling'],
    nodeEnis: nodeEniStore as Dependencies['nodeEnis'],
    states: states as Dependencies['states'],
    nodes: {
      findByInstance: (id, names) =>
        ask(
          `node of ${id} ${names.join()}`,
          nodes.find(({ name, instanceId }) => instanceId === id && names.includes(name)),
        ),
      list: () => ask('nodes', nodes),
    } as Dependencies['nodes'],
    ...(world.commands && {
      runCommand: {
        isUsual: true,
        commands: {
          send: ({ instanceId }) => change(`command ${instanceId}`).then(() => 'command-2'),
          get: (commandId, id) =>
            ask(
              `command ${commandId} on ${id}`,
              world.commands?.[commandId] ?? { state: 'running' },
            ),
        },
      },
    }),
    workQueue: {
      hint: (keys) => change(`hint ${keys.map(keyOf).join()}`),
      announce: (keys) => change(`announce ${keys.map(keyOf).join()}`),
      requeueAfter: (key, delay) => change(`reconcile ${keyOf(key)} in ${delay}`),
    },
    areLabelsSettled: (node) => node?.labels[UNSETTLED_LABEL] === undefined,
    isCapacitySettled: () => true,
    publisher: {
      publish: (events) =>
        change(`publish ${events.map(({ type, nodeEni }) => `${type} ${nodeEni}`).join()}`),
    },
  };
  const given: ReconcileInput = {
    instanceIds: instances.map(({ instanceId }) => instanceId),
    instances: new Map(instances.map((instance) => [instance.instanceId, instance])),
    terminating: new Set(),
  };
  const wait = (milliseconds: number) => {
    now = new Date(now.getTime() + milliseconds);
  };
  const interfaces = createInstanceInterfaces(dependencies);
  return { dependencies, given, interfaces, done, asked, wait };
};
