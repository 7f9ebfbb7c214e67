import { GROUP, VERSION } from '#core/apis/v1alpha1/names.ts';
import { LABELS, type Manifest } from './manifest.ts';
import { isChanged, isMember, type MatchCondition } from './match-conditions.ts';

type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

/** What is told of one kind of object. */
interface Told {
  readonly name: string;
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly resources: readonly string[];
  readonly operations: readonly Operation[];
  /** Of updates, only those that change one of these; each is a condition in CEL. */
  readonly changes: readonly string[];
  /** A dry run is worth a call where a person reads the warnings. */
  readonly hasDryRuns: boolean;
}

const TOLD: readonly Told[] = [
  {
    name: 'nodeenis',
    apiGroup: GROUP,
    apiVersion: VERSION,
    resources: ['nodeenis'],
    operations: ['CREATE', 'UPDATE', 'DELETE'],
    changes: [isChanged('spec', '{}'), isChanged('metadata.deletionTimestamp', '""')],
    hasDryRuns: true,
  },
  {
    name: 'nodes',
    apiGroup: '',
    apiVersion: 'v1',
    // Labels can be changed through the status too; kubelets beat their hearts there, and tell of a new boot.
    resources: ['nodes', 'nodes/status'],
    operations: ['CREATE', 'UPDATE', 'DELETE'],
    changes: [
      isChanged('metadata.labels', '{}'),
      isChanged('spec.providerID', '""'),
      isChanged('status.nodeInfo.bootID', '""'),
      isChanged('metadata.deletionTimestamp', '""'),
    ],
    hasDryRuns: false,
  },
  {
    name: 'nodeenistates',
    apiGroup: GROUP,
    apiVersion: VERSION,
    resources: ['nodeenistates/status'],
    operations: ['UPDATE'],
    changes: [isChanged('status.host', '{}')],
    hasDryRuns: false,
  },
];

const conditionsFor = ({ changes, hasDryRuns }: Told, group: string): readonly MatchCondition[] => [
  { name: 'not-by-the-functions', expression: `!(${isMember(group)})` },
  ...(hasDryRuns
    ? []
    : [{ name: 'not-a-dry-run', expression: 'request.?dryRun != optional.of(true)' }]),
  {
    name: 'changes-what-is-read',
    expression: ['request.operation != "UPDATE"', ...changes].join(' || '),
  },
];

/**
 * Tells the relay of changes as they are written ("Dynamic Admission Control", kubernetes.io). In: its URL with the
 * secret path, and the group whose own writes are not told. A relay that fails or hangs costs a write 2 s at most and
 * never refuses it: the sweep finds what was not told.
 */
export const webhookConfiguration = (url: string, group: string): Manifest => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'nodeeni', labels: LABELS },
  webhooks: TOLD.map((told) => ({
    name: `${told.name}.nodeeni.${GROUP}`,
    clientConfig: { url },
    rules: [
      {
        apiGroups: [told.apiGroup],
        apiVersions: [told.apiVersion],
        operations: told.operations,
        resources: told.resources,
        scope: 'Cluster',
      },
    ],
    matchConditions: conditionsFor(told, group),
    failurePolicy: 'Ignore',
    timeoutSeconds: 2,
    sideEffects: 'NoneOnDryRun',
    admissionReviewVersions: ['v1'],
  })),
});
