import { OWNER_LABEL } from '#core/apis/v1alpha1/names.ts';
import { admissionPolicy } from './admission-policy.ts';
import type { Manifest } from './manifest.ts';
import { fieldOf, isMember } from './match-conditions.ts';

/** Name of the policy and of its binding. */
export const NETWORK_POLICY = 'nodeeni-functions-networks';

const isOurs = (object: 'object' | 'oldObject'): string =>
  `(${object} == null || "${OWNER_LABEL}" in ${fieldOf(object, 'metadata.labels', '{}')})`;

/**
 * The functions may write NetworkAttachmentDefinitions in every namespace. This holds them to their own, which carry their label
 * and have no configuration: what others wrote is out of reach ("Validating Admission Policy", kubernetes.io).
 */
export const networkPolicy = (group: string): readonly Manifest[] =>
  admissionPolicy({
    name: NETWORK_POLICY,
    rule: {
      apiGroups: ['k8s.cni.cncf.io'],
      apiVersions: ['v1'],
      operations: ['CREATE', 'UPDATE', 'DELETE'],
      resources: ['network-attachment-definitions'],
      scope: 'Namespaced',
    },
    judged: { name: 'by-the-functions', expression: isMember(group) },
    validations: [
      {
        expression: `${isOurs('object')} && ${isOurs('oldObject')}`,
        message: `nodeeni writes no NetworkAttachmentDefinition without the label ${OWNER_LABEL}`,
      },
      {
        expression: `object == null || ${fieldOf('object', 'spec.config', '""')} == ""`,
        message: 'nodeeni writes no configuration into a NetworkAttachmentDefinition',
      },
    ],
  });
