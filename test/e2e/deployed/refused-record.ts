import { expect } from 'vitest';
import { STATES_PATH } from '../kube-client.ts';
import { eventually } from '../outcomes.ts';
import type { DeployedStage } from './stage.ts';

const API = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name: 'refused-record' } };
const POLICIES_PATH = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const BINDINGS_PATH = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';

const policyFor = (instanceId: string) => ({
  ...API,
  kind: 'ValidatingAdmissionPolicy',
  spec: {
    matchConstraints: {
      resourceRules: [
        {
          apiGroups: ['networking.k8s.aws'],
          apiVersions: ['*'],
          operations: ['CREATE', 'UPDATE'],
          resources: ['nodeenistates'],
        },
      ],
    },
    validations: [{ expression: `object.metadata.name != "${instanceId}"` }],
  },
});

const binding = {
  ...API,
  kind: 'ValidatingAdmissionPolicyBinding',
  spec: { policyName: API.metadata.name, validationActions: ['Deny'] },
};

/**
 * Makes the API server refuse the NodeENIState of one instance, as anybody's policy may. In force when it comes back;
 * ends with what comes out.
 */
export const refuseRecord = async (
  { client }: DeployedStage,
  instanceId: string,
): Promise<AsyncDisposable> => {
  await client.call('POST', POLICIES_PATH, policyFor(instanceId));
  await client.call('POST', BINDINGS_PATH, binding);
  const record = {
    apiVersion: 'networking.k8s.aws/v1alpha1',
    kind: 'NodeENIState',
    metadata: { name: instanceId },
    spec: {},
  };
  await eventually(async () => {
    const { status, body } = await client.call('POST', `${STATES_PATH}?dryRun=All`, record);
    expect({ status, body }).toMatchObject({ status: 422 });
  });
  return {
    [Symbol.asyncDispose]: async () => {
      await client.call('DELETE', `${BINDINGS_PATH}/${API.metadata.name}`);
      await client.call('DELETE', `${POLICIES_PATH}/${API.metadata.name}`);
    },
  };
};
