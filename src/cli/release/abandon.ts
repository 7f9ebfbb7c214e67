import { FINALIZER } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { failureOf, ignoreNotFound } from '#core/errors.ts';
import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { messageOf } from '../complaint.ts';
import { allNodeEnis } from './choose.ts';
import { formatLeft, type LeftBehind, leftInEc2, leftInRecords } from './left-behind.ts';
import type { ReleaseOptions } from './release.ts';
import type { ReleaseTools } from './tools.ts';

const TRIES = 5;

const findByUid = async ({ stores }: ReleaseTools, uid: string): Promise<NodeEni | undefined> =>
  (await allNodeEnis(stores.nodeEnis)).find(({ metadata }) => metadata.uid === uid);

/** A running installation writes the object too; what it changed meanwhile is read and tried again. */
const dropFinalizer = async (tools: ReleaseTools, uid: string): Promise<void> => {
  for (let tried = 1; ; tried += 1) {
    const nodeEni = await findByUid(tools, uid);
    if (!nodeEni?.metadata.finalizers?.includes(FINALIZER)) return;
    try {
      return await tools.stores.nodeEnis.removeFinalizer(nodeEni);
    } catch (error) {
      if (failureOf(error) !== 'Conflict' || tried === TRIES) throw error;
    }
  }
};

/** What EC2 shows; or else the records, since EC2 may be the very thing that does not answer. */
const whatStays = async (
  { stores }: ReleaseTools,
  { metadata }: NodeEni,
  write: (text: string) => void,
): Promise<readonly LeftBehind[]> => {
  try {
    return leftInEc2(await stores.enis.listForNodeEni(metadata.uid));
  } catch (error) {
    write(
      `EC2 does not tell what stays of ${metadata.name}, but the records do: ${messageOf(error)}\n`,
    );
    return leftInRecords(metadata.name, await stores.states.list());
  }
};

/** Out: the finalizers by which others still hold it. */
const abandon = async (
  tools: ReleaseTools,
  { metadata: { name, uid } }: NodeEni,
): Promise<readonly string[]> => {
  await ignoreNotFound(tools.kubernetes.delete(NODE_ENIS, name));
  await dropFinalizer(tools, uid);
  return (await findByUid(tools, uid))?.metadata.finalizers ?? [];
};

const tellWhatStays = (left: readonly LeftBehind[], write: (text: string) => void): void => {
  const stays = 'This stays in EC2, until an installation of this cluster sweeps or you delete it:';
  write(left.length === 0 ? 'Nothing stays in EC2.\n' : `\n${stays}\n${formatLeft(left)}`);
};

/**
 * Deletes NodeENIs without waiting for their interfaces: the finalizer that holds them is dropped, and what stays in
 * EC2 is written down. Out: true when all are gone, false when a finalizer of somebody else holds one.
 */
export const abandonNodeEnis = async (
  tools: ReleaseTools,
  chosen: readonly NodeEni[],
  { isDryRun, write }: Pick<ReleaseOptions, 'isDryRun' | 'write'>,
): Promise<boolean> => {
  const left: LeftBehind[] = [];
  let isGood = true;
  for (const nodeEni of chosen) {
    const { name } = nodeEni.metadata;
    left.push(...(await whatStays(tools, nodeEni, write)));
    try {
      const holders = isDryRun ? [] : await abandon(tools, nodeEni);
      if (holders.length > 0) write(`${name} is held by ${holders.join(', ')}\n`);
      else write(`${name} ${isDryRun ? 'would be' : 'is'} abandoned\n`);
      isGood &&= holders.length === 0;
    } catch (error) {
      write(`${name} cannot be abandoned: ${messageOf(error)}\n`);
      isGood = false;
    }
  }
  tellWhatStays(left, write);
  return isGood;
};
