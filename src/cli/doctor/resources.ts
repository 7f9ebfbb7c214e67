import type { Resource } from '#providers/kubernetes/kubernetes-api.ts';

const of = (group: string, plural: string, kind: string, isNamespaced = false): Resource => ({
  group,
  version: 'v1',
  plural,
  kind,
  isNamespaced,
});

const ADMISSION = 'admissionregistration.k8s.io';

export const CRDS = of(
  'apiextensions.k8s.io',
  'customresourcedefinitions',
  'CustomResourceDefinition',
);
export const POLICIES = of(ADMISSION, 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy');
export const POLICY_BINDINGS = of(
  ADMISSION,
  'validatingadmissionpolicybindings',
  'ValidatingAdmissionPolicyBinding',
);
export const WEBHOOKS = of(
  ADMISSION,
  'validatingwebhookconfigurations',
  'ValidatingWebhookConfiguration',
);
export const DAEMON_SETS = of('apps', 'daemonsets', 'DaemonSet', true);
/** Asks the API server whether somebody may do something ("SubjectAccessReview", Kubernetes API Reference). */
export const ACCESS_REVIEWS = of(
  'authorization.k8s.io',
  'subjectaccessreviews',
  'SubjectAccessReview',
);
