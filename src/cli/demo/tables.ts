import { formatTable } from '../table.ts';
import type { Snapshot } from './snapshot.ts';

/** An age as kubectl prints it: `45s`, `3m20s`, `14m` (k8s.io/apimachinery, `duration.HumanDuration`). */
const ageAt = (now: Date, createdAt: string): string => {
  const seconds = Math.floor((now.getTime() - Date.parse(createdAt)) / 1000);
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 10) return `${minutes}m`;
  return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
};

const titled = (title: string, rows: readonly (readonly string[])[]): string =>
  `${title}\n${formatTable(rows)}`;

/** What kubectl shows of the product's objects: its two kinds, and the rows of each NodeENI's status. */
export const nodeEniTables = ({ at, nodeEnis, states }: Snapshot): string =>
  [
    titled('$ kubectl get nodeeni', [
      ['name', 'matched', 'ready', 'index', 'reason', 'age'],
      ...[...nodeEnis.values()].map((view) => [
        view.name,
        view.matchedNodes,
        view.summary,
        view.deviceIndex,
        view.reason,
        ageAt(at, view.createdAt),
      ]),
    ]),
    titled('$ kubectl get nenis', [
      ['name', 'node', 'age'],
      ...states.map(({ instanceId, nodeName, createdAt }) => [
        instanceId,
        nodeName,
        ageAt(at, createdAt),
      ]),
    ]),
    ...[...nodeEnis.values()].map(({ name, attachments }) =>
      titled(`status.attachments of ${name}`, [
        ['node', 'eni', 'index', 'mtu', 'address', 'status'],
        ...attachments.map((row) => [
          row.nodeID ?? '',
          row.eniID ?? '',
          String(row.deviceIndex ?? ''),
          String(row.mtu ?? ''),
          row.privateIPAddress ?? '',
          row.status ?? '',
        ]),
      ]),
    ),
  ].join('\n\n');

/** How often each EC2 action was called, the most frequent first. */
export const callTable = ({ calls }: Snapshot): string => {
  const counts = [...Map.groupBy(calls, ({ action }) => action)]
    .map(([action, { length }]) => ({ action, count: length }))
    .toSorted((left, right) => right.count - left.count);
  return titled('Calls to EC2', [
    ['action', 'calls'],
    ...counts.map(({ action, count }) => [action, String(count)]),
    ['all', String(calls.length)],
  ]);
};
