import { GROUP, VERSION } from '#core/apis/v1alpha1/names.ts';

interface WatchedField {
  readonly path: string;
  /** What an object without the field has in its place, as JSON and CEL both write it. */
  readonly absent: '{}' | '""';
}

/** A kind of object whose changes ask for a reconcile. All are cluster-scoped. */
export interface WatchedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  /** What is written to: the object, its status subresource, or both. */
  readonly resources: readonly string[];
  readonly operations: readonly ('CREATE' | 'UPDATE' | 'DELETE')[];
  /** An update counts when it changes one of these. */
  readonly fields: readonly WatchedField[];
  /** People write it, and read the warnings that even a dry run is answered with. */
  readonly hasWarnings: boolean;
}

/**
 * Which changes ask for a reconcile, said once: the webhook's conditions, the simulated API server's admission and the
 * watches of `nodeeni local` are derived from it. No heartbeat of a kubelet and no status write of our own is among
 * them, so no reconcile asks for the next.
 */
export const WATCHED_KINDS: readonly WatchedKind[] = [
  {
    group: GROUP,
    version: VERSION,
    kind: 'NodeENI',
    plural: 'nodeenis',
    resources: ['nodeenis'],
    operations: ['CREATE', 'UPDATE', 'DELETE'],
    fields: [
      { path: 'spec', absent: '{}' },
      // A person asks for another try by one of them.
      { path: 'metadata.annotations', absent: '{}' },
      { path: 'metadata.deletionTimestamp', absent: '""' },
    ],
    hasWarnings: true,
  },
  {
    group: '',
    version: 'v1',
    kind: 'Node',
    plural: 'nodes',
    // Labels can be changed through the status too, where a kubelet reports a new boot.
    resources: ['nodes', 'nodes/status'],
    operations: ['CREATE', 'UPDATE', 'DELETE'],
    fields: [
      { path: 'metadata.labels', absent: '{}' },
      { path: 'spec.providerID', absent: '""' },
      { path: 'status.nodeInfo.bootID', absent: '""' },
      // A kubelet whose node is registered anew forgets what others have put there.
      { path: 'status.capacity', absent: '{}' },
      { path: 'metadata.deletionTimestamp', absent: '""' },
    ],
    hasWarnings: false,
  },
  {
    group: GROUP,
    version: VERSION,
    kind: 'NodeENIState',
    plural: 'nodeenistates',
    resources: ['nodeenistates/status'],
    operations: ['UPDATE'],
    fields: [{ path: 'status.host', absent: '{}' }],
    hasWarnings: false,
  },
  {
    group: '',
    version: 'v1',
    kind: 'Namespace',
    plural: 'namespaces',
    resources: ['namespaces'],
    operations: ['CREATE', 'UPDATE', 'DELETE'],
    // By them a namespace becomes one whose pods may use a network.
    fields: [{ path: 'metadata.labels', absent: '{}' }],
    hasWarnings: false,
  },
];

const partAt = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (part, key) =>
        typeof part === 'object' && part !== null ? Reflect.get(part, key) : undefined,
      value,
    );

/** What of an object is watched: two versions of it differ in this when the change asks for a reconcile. */
export const watchedPartOf = ({ fields }: WatchedKind, object: unknown): readonly unknown[] =>
  fields.map(({ path, absent }) => partAt(object, path) ?? JSON.parse(absent));
