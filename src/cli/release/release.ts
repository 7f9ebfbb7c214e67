import { FINALIZER } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { ignoreNotFound } from '#core/errors.ts';
import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { messageOf } from '../complaint.ts';
import { allNodeEnis } from './choose.ts';
import { formatLeft, leftInRecords } from './left-behind.ts';
import type { ReleaseTools } from './tools.ts';

export interface ReleaseOptions {
  readonly timeoutSeconds: number;
  readonly isDryRun: boolean;
  readonly write: (text: string) => void;
}

const POLL_SECONDS = 5;

export const inWords = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;

const nameOf = ({ metadata }: NodeEni): string => metadata.name;

/** Says of each NodeENI how many interfaces it still has, whenever that has changed, and that it is gone. */
const createProgress = (write: (text: string) => void) => {
  const told = new Map<string, string>();
  const tell = (name: string, news: string): void => {
    if (told.get(name) !== news) write(`${name}: ${news}\n`);
    told.set(name, news);
  };
  return (
    chosen: readonly NodeEni[],
    present: readonly NodeEni[],
    states: readonly NodeEniState[],
  ) => {
    const names = new Set(present.map(nameOf));
    for (const name of chosen.map(nameOf)) {
      const count = leftInRecords(name, states).length;
      tell(name, names.has(name) ? `${inWords(count, 'interface')} left` : 'gone');
    }
  };
};

const waitUntilGone = async (
  { stores, clock }: ReleaseTools,
  chosen: readonly NodeEni[],
  { timeoutSeconds, write }: ReleaseOptions,
): Promise<readonly NodeEni[]> => {
  const uids = new Set(chosen.map(({ metadata }) => metadata.uid));
  const deadline = clock.now().getTime() + timeoutSeconds * 1000;
  const tellProgress = createProgress(write);
  for (;;) {
    const [all, states] = await Promise.all([allNodeEnis(stores.nodeEnis), stores.states.list()]);
    const present = all.filter(({ metadata }) => uids.has(metadata.uid));
    tellProgress(chosen, present, states);
    if (present.length === 0 || clock.now().getTime() >= deadline) return present;
    await clock.sleep(POLL_SECONDS * 1000);
  }
};

/** What the installation says, until it has let go; then it is somebody else who has not. */
const whyOf = ({ metadata: { finalizers = [] }, status }: NodeEni): string => {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const isOurs = finalizers.includes(FINALIZER);
  return isOurs && ready ? ready.message : `held by ${finalizers.join(', ')}`;
};

const tellWhatIsLeft = async (
  { stores }: ReleaseTools,
  present: readonly NodeEni[],
  { timeoutSeconds, write }: ReleaseOptions,
): Promise<void> => {
  write(`\nNot released within ${timeoutSeconds} s:\n`);
  for (const nodeEni of present) write(`  ${nameOf(nodeEni)}: ${whyOf(nodeEni)}\n`);
  const states = await stores.states.list();
  const left = present.flatMap(({ metadata }) => leftInRecords(metadata.name, states));
  if (left.length > 0) write(`\n${formatLeft(left)}`);
  write(
    '\nDoes the installation run? "nodeeni local" does its work from here. "nodeeni release --abandon" gives up on a NodeENI.\n',
  );
};

/** One that cannot be deleted keeps no other. Out: those that were. */
const deleteEach = async (
  { kubernetes }: ReleaseTools,
  chosen: readonly NodeEni[],
  write: (text: string) => void,
): Promise<readonly NodeEni[]> => {
  const deleted: NodeEni[] = [];
  for (const nodeEni of chosen) {
    const name = nameOf(nodeEni);
    try {
      await ignoreNotFound(kubernetes.delete(NODE_ENIS, name));
      deleted.push(nodeEni);
    } catch (error) {
      write(`${name} cannot be deleted: ${messageOf(error)}\n`);
    }
  }
  return deleted;
};

/**
 * Deletes NodeENIs and waits until the installation has released their interfaces and let go of them. In: the objects
 * as they were read. Out: true when all are gone; what is left was written down when the time was over.
 */
export const releaseNodeEnis = async (
  tools: ReleaseTools,
  chosen: readonly NodeEni[],
  options: ReleaseOptions,
): Promise<boolean> => {
  const { isDryRun, write } = options;
  if (isDryRun) {
    const states = await tools.stores.states.list();
    for (const name of chosen.map(nameOf)) {
      const count = leftInRecords(name, states).length;
      write(`${name} would be deleted, and ${inWords(count, 'interface')} released\n`);
    }
    return true;
  }
  const deleted = await deleteEach(tools, chosen, write);
  const present = deleted.length === 0 ? [] : await waitUntilGone(tools, deleted, options);
  if (present.length > 0) await tellWhatIsLeft(tools, present, options);
  return present.length === 0 && deleted.length === chosen.length;
};
