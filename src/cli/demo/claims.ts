import { NODE_ENI_NAME } from './manifest.ts';
import type { InterfaceView, Snapshot } from './snapshot.ts';
import type { Claim } from './step.ts';

const isChange = ({ action }: { readonly action: string }): boolean =>
  !action.startsWith('Describe');

/** Interfaces on an instance that are attached and end with it. */
export const attachedTo = (now: Snapshot, instanceId: string): readonly InterfaceView[] =>
  [...now.interfaces.values()].filter(
    (eni) =>
      eni.instanceId === instanceId &&
      eni.status === 'attached' &&
      eni.deleteOnTermination === true,
  );

/** The NodeENI counts so many interfaces as wanted and ready: `3/3`. */
export const nodeEniSays = (summary: string, reason: string): Claim => ({
  says: `the NodeENI says ${summary} ready, ${reason}`,
  holds: ({ now }) => {
    const view = now.nodeEnis.get(NODE_ENI_NAME);
    return view?.summary === summary && view.reason === reason;
  },
});

const COUNTS: Readonly<Record<number, string>> = {
  0: 'no interface is in EC2',
  1: '1 interface is in EC2, attached and ending with its instance',
};

/** So many interfaces beside the instances' own, none of them loose. */
export const interfaceCount = (count: number): Claim => ({
  says:
    COUNTS[count] ?? `${count} interfaces are in EC2, each attached and ending with its instance`,
  holds: ({ now }) => {
    const good = [...now.instances.keys()].flatMap((id) => attachedTo(now, id));
    return now.interfaces.size === count && good.length === count;
  },
});

/** An instance that takes traffic has its interface. */
export const inServiceMeansAttached: Claim = {
  says: 'no instance was InService before its interface was attached',
  holds: ({ now }) =>
    [...now.members].every(
      ([id, state]) => state !== 'InService' || attachedTo(now, id).length === 1,
    ),
};

/** Lifecycle waits that ended since the step began; one that ran out of time does not count. */
export const completedByCall = (count: number): Claim => ({
  says: `${count} launch hooks were completed with CONTINUE, none by its time-out`,
  holds: ({ start, now }) => {
    const made = now.completions.slice(start.completions.length);
    return (
      made.length === count &&
      made.every(({ result, by }) => result === 'CONTINUE' && by === 'call')
    );
  },
});

/** Every member of the group takes pods. */
export const inService = (count: number): Claim => ({
  says: `${count} instances are InService and registered as nodes`,
  holds: ({ now }) =>
    now.nodeNames.size === count &&
    [...now.members.values()].filter((state) => state === 'InService').length === count,
});

/** The product has seen which instance is which node. */
export const nodesAreKnown = (count: number): Claim => ({
  says: `the NodeENI matches ${count} nodes, and each state object names its own`,
  holds: ({ now }) =>
    now.nodeEnis.get(NODE_ENI_NAME)?.matchedNodes === String(count) &&
    now.states.length === count &&
    now.states.every(({ nodeName }) => now.nodeNames.has(nodeName)),
});

/** EC2 was looked at at most. */
export const noChanges: Claim = {
  says: 'no changing call to EC2 was made',
  holds: ({ calls }) => !calls.some(isChange),
};

/** In: an action of EC2, and why it is not needed. */
export const noCall = (action: string, says: string): Claim => ({
  says,
  holds: ({ calls }) => !calls.some((call) => call.action === action),
});

/** One certain interface, not just any. */
export const isAttachedTo = (eniId: string, instanceId: string, says: string): Claim => ({
  says,
  holds: ({ now }) => attachedTo(now, instanceId).some((eni) => eni.eniId === eniId),
});

/** EC2 does not know the interface any more. */
export const isGone = (eniId: string, says: string): Claim => ({
  says,
  holds: ({ now }) => !now.interfaces.has(eniId),
});
