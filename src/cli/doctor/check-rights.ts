import { failureOf } from '#core/errors.ts';
import { EVENTS_RULES, FUNCTIONS_RULES, type PolicyRule } from '#core/manifests/rbac.ts';
import type { Check } from './finding.ts';
import type { Patient } from './patient.ts';
import { ACCESS_REVIEWS } from './resources.ts';

/** One thing that somebody may do or not. */
interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly namespace?: string;
}

const rightsOf = (rules: readonly PolicyRule[], namespace?: string): readonly Right[] =>
  rules.flatMap(({ apiGroups, resources, resourceNames = [undefined], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((path) => {
        const [resource = '', subresource] = path.split('/');
        return resourceNames.flatMap((name) =>
          verbs.map((verb) => ({
            verb,
            group,
            resource,
            ...(subresource !== undefined && { subresource }),
            ...(name !== undefined && { name }),
            ...(namespace !== undefined && { namespace }),
          })),
        );
      }),
    ),
  );

const wordsFor = ({ verb, resource, subresource }: Right): string =>
  `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;

const isAllowed = async ({ kubernetes, group }: Patient, right: Right): Promise<boolean> => {
  const review = await kubernetes.create(ACCESS_REVIEWS, {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    // Reviews have no name; the API server ignores it.
    metadata: { name: '' },
    spec: { user: 'nodeeni-doctor', groups: [group], resourceAttributes: right },
  });
  return (review.status as { readonly allowed?: boolean } | undefined)?.allowed === true;
};

/** Whether the functions may do in Kubernetes what they do, by the API server's own word. */
export const rightsCheck: Check<Patient> = {
  name: 'rights of the functions',
  async find(patient) {
    const rights = [...rightsOf(FUNCTIONS_RULES), ...rightsOf(EVENTS_RULES, 'default')];
    try {
      const answers = await Promise.all(rights.map((right) => isAllowed(patient, right)));
      const denied = rights.filter((_, index) => !answers[index]).map(wordsFor);
      if (denied.length === 0) return [];
      return [
        {
          severity: 'error',
          what: `Members of the group ${patient.group} may not: ${denied.join(', ')}.`,
          why: 'The functions cannot do their work.',
          mend: `nodeeni manifests --group ${patient.group} | kubectl apply --server-side -f -`,
        },
      ];
    } catch (error) {
      if (failureOf(error) !== 'Denied') throw error;
      return [
        {
          severity: 'note',
          what: 'You may not ask the API server what others may do.',
          why: 'The rights of the functions were not checked.',
          mend: 'Run it as somebody who may create subjectaccessreviews.',
        },
      ];
    }
  },
};
