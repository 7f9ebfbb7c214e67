import { isNetworkReady } from '#core/host-report.ts';
import { addressesOf } from '#core/instance/pod-network.ts';
import type { Picture } from './picture.ts';
import { isDesired, type Row, unreadyReason } from './rows.ts';
import { asSentence, fromTrouble, type Verdict } from './troubles.ts';

/** Why pods of a namespace cannot ask for the network, or why what they ask by is not gone. */
export const attachmentTrouble = ({ network }: Picture): Verdict | undefined => {
  const [first, ...more] = network?.troubles ?? [];
  if (first === undefined) return undefined;
  const others = more.length > 0 ? ` Besides: ${more.length} more of that kind.` : '';
  return { isTrue: false, reason: first.reason, message: `${asSentence(first.message)}${others}` };
};

const isNetwork = ({ record }: Row): boolean => record?.podNetwork !== undefined;

const isThere = ({ record, host }: Row): boolean =>
  record !== undefined && host !== undefined && isNetworkReady(host, record);

const counted = (count: number, thing: string): string =>
  `${count} ${thing}${count === 1 ? '' : 's'}`;

const pluralOf = (count: number): string => (count === 1 ? 'address' : 'addresses');

/**
 * The condition `PodNetworkReady`: true when pods of every namespace may ask for the network, and each of its interfaces offers it.
 * Undefined for a NodeENI that is no network.
 */
export const networkVerdict = (picture: Picture): Verdict | undefined => {
  const { nodeEni, rows, network } = picture;
  const trouble = attachmentTrouble(picture);
  if (nodeEni.spec.podNetwork === undefined) return trouble;
  const desired = rows.filter(isDesired);
  const waiting = desired.filter((row) => isNetwork(row) && !isThere(row));
  const unready = fromTrouble(
    waiting.flatMap((row) => {
      const why = unreadyReason(row);
      return why === undefined ? [] : [{ row, ...why }];
    }),
  );
  if (trouble ?? unready) return trouble ?? unready;
  const there = desired.filter(isNetwork);
  if (there.length === 0)
    return { isTrue: false, reason: 'InProgress', message: 'No node offers the network yet.' };
  const addresses = there.reduce(
    (sum, { record }) => sum + (record?.podNetwork ? addressesOf(record.podNetwork) : 0),
    0,
  );
  return {
    isTrue: true,
    reason: 'NetworkReady',
    message: `${counted(there.length, 'interface')} with ${addresses} ${pluralOf(addresses)} for pods, in ${counted(network?.namespaces ?? 0, 'namespace')}.`,
  };
};
