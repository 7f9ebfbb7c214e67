import { expect, it } from 'vitest';
import { API_VERSION } from '#core/apis/v1alpha1/names.ts';
import type { FailureClass } from '#core/errors.ts';
import type { KubernetesApi, KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import { NODE_ENIS, NODES } from '#providers/kubernetes/resources.ts';

/** An API server under test. */
export interface KubernetesSubject {
  readonly api: KubernetesApi;
  readonly dispose?: () => Promise<void>;
}

/** What a group of rules is written with. */
export interface Rules {
  readonly api: () => KubernetesApi;
  /** One rule of the API server. Expected to fail where the subject is known not to follow it, so that the list stays true. */
  readonly rule: (title: string, test: () => Promise<void>) => void;
}

export const createRules = (api: () => KubernetesApi, unmodelled: readonly string[]): Rules => ({
  api,
  rule: (title, test) => (unmodelled.includes(title) ? it.fails : it)(title, test),
});

const run = Date.now().toString(36);
let names = 0;

/** A name nobody else uses, on a server that keeps what earlier tests and runs left behind. */
export const uniqueName = (stem: string): string => {
  names += 1;
  return `${stem}-${run}-${names}`;
};

export const NODE_ENI_TYPE = { apiVersion: API_VERSION, kind: 'NodeENI' };
export const NODE_ENI_STATE_TYPE = { apiVersion: API_VERSION, kind: 'NodeENIState' };

export const NODE_ENI_SPEC = {
  nodeSelector: { ng: 'multi-eni' },
  subnetID: 'subnet-1',
  securityGroupIDs: ['sg-1'],
};

type Metadata = Partial<KubernetesObject['metadata']>;

export const createNodeEni = (
  api: KubernetesApi,
  spec: object = NODE_ENI_SPEC,
  metadata: Metadata = {},
): Promise<KubernetesObject> =>
  api.create(NODE_ENIS, {
    ...NODE_ENI_TYPE,
    metadata: { name: uniqueName('eni'), ...metadata },
    spec,
  });

export const createNode = (
  api: KubernetesApi,
  metadata: Metadata = {},
  rest: object = {},
): Promise<KubernetesObject> =>
  api.create(NODES, { metadata: { name: uniqueName('node'), ...metadata }, ...rest });

/** Asserts that a call fails with a CallError of this class, and says so. */
export const expectFailure = async (
  call: Promise<unknown>,
  failure: FailureClass,
  ...texts: readonly string[]
): Promise<void> => {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: 'CallError', failure });
  for (const text of texts) expect(String(error)).toContain(text);
};
