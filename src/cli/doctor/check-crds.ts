import { isDeepStrictEqual } from 'node:util';
import { customResourceDefinitions } from '#core/apis/v1alpha1/crd.ts';
import { GROUP } from '#core/apis/v1alpha1/names.ts';
import { ignoreNotFound } from '#core/errors.ts';
import type { KubernetesApi } from '#providers/kubernetes/kubernetes-api.ts';
import type { Check, Finding } from './finding.ts';
import { CRDS } from './resources.ts';

interface Definition {
  readonly spec: { readonly versions: readonly { readonly schema: unknown }[] };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const MEND = 'nodeeni manifests | kubectl apply --server-side -f -';

const findingsFor = (
  plural: string,
  installed: Definition | undefined,
  own: Definition,
): readonly Finding[] => {
  if (installed === undefined)
    return [
      {
        severity: 'error',
        what: `The cluster does not know ${plural}.`,
        why: 'Nothing can be declared, and nothing recorded.',
        mend: MEND,
      },
    ];
  const isServed = installed.status?.conditions?.some(
    ({ type, status }) => type === 'Established' && status === 'True',
  );
  if (!isServed)
    return [
      {
        severity: 'error',
        what: `The CRD of ${plural} is not Established.`,
        why: 'The API server does not serve it.',
        mend: `kubectl describe crd ${plural}.${GROUP}`,
      },
    ];
  const schemas = [installed, own].map(({ spec }) => spec.versions[0]?.schema);
  if (isDeepStrictEqual(schemas[0], schemas[1])) return [];
  return [
    {
      severity: 'warning',
      what: `The CRD of ${plural} is of another version than this command.`,
      why: 'Fields that it does not know are dropped, rules that it does not have are not kept.',
      mend: MEND,
    },
  ];
};

/** Whether the API server serves our kinds as this version knows them. */
export const crdsCheck: Check<{ readonly kubernetes: KubernetesApi }> = {
  name: 'CRDs',
  async find({ kubernetes }) {
    const own = Object.entries(customResourceDefinitions()) as unknown as [string, Definition][];
    const findings = own.map(async ([plural, definition]) => {
      const installed = await ignoreNotFound(kubernetes.get(CRDS, `${plural}.${GROUP}`));
      return findingsFor(plural, installed as Definition | undefined, definition);
    });
    return (await Promise.all(findings)).flat();
  },
};
