import { GROUP } from '#core/apis/v1alpha1/names.ts';
import { WATCHED_KINDS, type WatchedKind } from '#core/events/watched-kinds.ts';
import { LABELS, type Manifest } from './manifest.ts';
import { isChanged, isMember, type MatchCondition } from './match-conditions.ts';

const conditionsFor = (
  { fields, hasWarnings }: WatchedKind,
  group: string,
): readonly MatchCondition[] => [
  { name: 'not-by-the-functions', expression: `!(${isMember(group)})` },
  // A dry run is worth a call where a person reads the warnings.
  ...(hasWarnings
    ? []
    : [{ name: 'not-a-dry-run', expression: '!request.?dryRun.orValue(false)' }]),
  {
    name: 'changes-what-is-read',
    expression: [
      'request.operation != "UPDATE"',
      ...fields.map(({ path, absent }) => isChanged(path, absent)),
    ].join(' || '),
  },
];

/** Calls of the relay that a deploy lets in at once, reserved for them, unless it is told otherwise. */
export const RESERVED_CONCURRENCY = 10;

/**
 * Tells the relay of changes as they are written ("Dynamic Admission Control", kubernetes.io). In: its URL with the
 * secret path, and the group whose own writes are not told. A relay that fails or hangs costs a write 2 s at most and
 * never refuses it: the sweep finds what was not told.
 */
export const webhookConfiguration = (url: string, group: string): Manifest => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'nodeeni', labels: LABELS },
  webhooks: WATCHED_KINDS.map((watched) => ({
    name: `${watched.plural}.nodeeni.${GROUP}`,
    clientConfig: { url },
    rules: [
      {
        apiGroups: [watched.group],
        apiVersions: [watched.version],
        operations: watched.operations,
        resources: watched.resources,
        scope: 'Cluster',
      },
    ],
    matchConditions: conditionsFor(watched, group),
    failurePolicy: 'Ignore',
    timeoutSeconds: 2,
    sideEffects: 'NoneOnDryRun',
    admissionReviewVersions: ['v1'],
  })),
});
