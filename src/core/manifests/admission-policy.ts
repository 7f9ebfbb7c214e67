import { LABELS, type Manifest } from './manifest.ts';
import { EVERY_OBJECT } from './match-conditions.ts';

const API_VERSION = 'admissionregistration.k8s.io/v1';

/** Writes that a policy judges ("RuleWithOperations", Kubernetes API Reference). */
export interface ResourceRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly string[];
  readonly resources: readonly string[];
  readonly scope: 'Cluster' | 'Namespaced';
}

export interface Validation {
  readonly expression: string;
  readonly message: string;
}

interface Named {
  readonly name: string;
  readonly expression: string;
}

/** To what somebody's writes are held; all expressions in CEL. */
export interface Policy {
  readonly name: string;
  readonly rule: ResourceRule;
  /** Whose writes are judged; all others pass. */
  readonly judged: Named;
  /** Absent for none: the API server leaves an empty list out, and who applies again would see a change. */
  readonly variables?: readonly Named[];
  readonly validations: readonly Validation[];
}

/** The policy and its binding. A write that it cannot judge is refused ("Validating Admission Policy", kubernetes.io). */
export const admissionPolicy = ({
  name,
  rule,
  judged,
  variables,
  validations,
}: Policy): readonly Manifest[] => [
  {
    apiVersion: API_VERSION,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name, labels: LABELS },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { ...EVERY_OBJECT, resourceRules: [rule] },
      matchConditions: [judged],
      ...(variables && { variables }),
      validations,
    },
  },
  {
    apiVersion: API_VERSION,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name, labels: LABELS },
    spec: { policyName: name, validationActions: ['Deny'] },
  },
];
