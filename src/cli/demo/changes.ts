import { type Change, short } from './line.ts';
import type { InterfaceView, NodeEniView, Snapshot } from './snapshot.ts';

const MEMBER_STATES: Readonly<Record<string, string>> = {
  'Pending:Wait': 'waits in Pending:Wait until its launch hook is completed',
  InService: 'is InService',
};

const INSTANCE_STATES: Readonly<Record<string, string>> = {
  running: 'runs',
  'shutting-down': 'shuts down',
  terminated: 'is terminated',
};

const isNew =
  <T>(before: { has(id: string): boolean }) =>
  ([id]: readonly [string, T]): boolean =>
    !before.has(id);

/** Instances that entered or left the group. */
export const membership = (before: Snapshot, after: Snapshot): readonly Change[] => [
  ...[...after.members]
    .filter(isNew(before.members))
    .map(([id]): Change => ({ who: 'Auto Scaling', what: `launches ${short(id)}` })),
  ...[...before.members]
    .filter(isNew(after.members))
    .map(([id]): Change => ({ who: 'Auto Scaling', what: `ends ${short(id)}` })),
];

/** Lifecycle states that changed. */
export const memberStates = (before: Snapshot, after: Snapshot): readonly Change[] =>
  [...after.members].flatMap(([id, state]): Change[] => {
    const told = MEMBER_STATES[state];
    if (before.members.get(id) === state || told === undefined) return [];
    return [{ who: 'Auto Scaling', what: `${short(id)} ${told}` }];
  });

/** Instances that started and ended. */
export const instanceStates = (before: Snapshot, after: Snapshot): readonly Change[] =>
  [...after.instances].flatMap(([id, { state }]): Change[] => {
    const told = INSTANCE_STATES[state];
    if (before.instances.get(id)?.state === state || told === undefined) return [];
    return [{ who: 'EC2', what: `${short(id)} ${told}` }];
  });

const whatHappened = (
  { eniId, status, instanceId = '', deviceIndex }: InterfaceView,
  after: InterfaceView | undefined,
  wasDeleted: boolean,
): string | undefined => {
  if (after === undefined)
    return wasDeleted ? undefined : `${short(eniId)} is gone with ${short(instanceId)}`;
  if (after.status === 'attached' && status !== 'attached')
    return `${short(eniId)} is attached to ${short(after.instanceId ?? '')} at index ${after.deviceIndex}`;
  if (after.status === 'available' && status !== 'available')
    return `${short(eniId)} is attached to nothing (it was at index ${deviceIndex})`;
  return undefined;
};

/** Attachments that came and went. A delete call of `after` has its own line. */
export const attachments = (before: Snapshot, after: Snapshot): readonly Change[] => {
  const calls = after.calls.slice(before.calls.length);
  const deleted = new Set(
    calls
      .filter(({ action }) => action === 'DeleteNetworkInterface')
      .map(({ input }) => (input as { readonly NetworkInterfaceId?: string }).NetworkInterfaceId),
  );
  return [...before.interfaces.values()].flatMap((eni): Change[] => {
    const what = whatHappened(eni, after.interfaces.get(eni.eniId), deleted.has(eni.eniId));
    return what === undefined ? [] : [{ who: 'EC2', what }];
  });
};

/** Lifecycle waits that ended, and by whom. */
export const completions = (before: Snapshot, after: Snapshot): readonly Change[] =>
  after.completions
    .slice(before.completions.length)
    .map(({ instanceId, result, by }) =>
      by === 'call'
        ? { who: 'nodeeni', what: `completes the hook of ${short(instanceId)}: ${result}` }
        : { who: 'Auto Scaling', what: `gives up waiting for ${short(instanceId)}: ${result}` },
    );

/** Nodes that came and went. */
export const nodes = (before: Snapshot, after: Snapshot): readonly Change[] => [
  ...[...after.nodeNames]
    .filter((name) => !before.nodeNames.has(name))
    .map((name): Change => ({ who: 'Kubernetes', what: `node ${name} registers` })),
  ...[...before.nodeNames]
    .filter((name) => !after.nodeNames.has(name))
    .map((name): Change => ({ who: 'Kubernetes', what: `node ${name} is removed` })),
];

const statusOf = ({ summary, reason }: NodeEniView): string => `${summary} ready, ${reason}`;

/** What a NodeENI says of itself, and its end. */
export const nodeEnis = (before: Snapshot, after: Snapshot): readonly Change[] => [
  ...[...after.nodeEnis.values()].flatMap((view): Change[] => {
    const old = before.nodeEnis.get(view.name);
    const isLeaving = view.isDeleting && old?.isDeleting !== true;
    const hasNews = view.summary !== '' && (!old || statusOf(view) !== statusOf(old));
    return [
      ...(isLeaving
        ? [{ who: 'Kubernetes', what: `${view.name} is held by its finalizer` } as const]
        : []),
      ...(hasNews
        ? [{ who: 'nodeeni', what: `writes the status: ${statusOf(view)}` } as const]
        : []),
    ];
  }),
  ...[...before.nodeEnis.keys()]
    .filter((name) => !after.nodeEnis.has(name))
    .map((name): Change => ({ who: 'nodeeni', what: `takes the finalizer off; ${name} is gone` })),
];
