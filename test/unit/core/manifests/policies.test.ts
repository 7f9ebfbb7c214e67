import { describe, expect, it } from 'vitest';
import { NOT_READY_TAINT } from '#core/apis/v1alpha1/names.ts';
import { agentPolicies } from '#core/manifests/agent-policy.ts';
import { nodeEniPolicy } from '#core/manifests/node-eni-policy.ts';
import { nodePolicy } from '#core/manifests/node-policy.ts';
import { found } from './found.ts';

interface PolicySpec {
  readonly matchConstraints: { readonly resourceRules: readonly object[] };
  readonly matchConditions: readonly { readonly name: string; readonly expression: string }[];
  readonly variables: readonly { readonly name: string; readonly expression: string }[];
  readonly validations: readonly { readonly expression: string; readonly message: string }[];
}

const policies = () => [
  ...agentPolicies(),
  ...nodePolicy('team:nodeeni'),
  ...nodeEniPolicy('team:nodeeni'),
];
const AGENTS = ['nodeeni-agent-states', 'nodeeni-agent-pods', 'nodeeni-agent-events'];
const FUNCTIONS = 'nodeeni-functions-nodes';

const specOf = (name: string): PolicySpec =>
  found(policies(), 'ValidatingAdmissionPolicy', name).spec as PolicySpec;

/** The policy's conditions, with the variables by their names. */
const partsOf = (name: string) => {
  const { matchConditions, variables, validations } = specOf(name);
  return {
    who: matchConditions.map(({ expression }) => expression),
    variables: Object.fromEntries(
      variables.map((variable) => [variable.name, variable.expression]),
    ),
    validations: validations.map(({ expression }) => expression),
  };
};

describe.each([...AGENTS, FUNCTIONS, 'nodeeni-functions-nodeenis'])('the policy %s', (name) => {
  it('is in force, refuses, and fails closed', () => {
    expect(found(policies(), 'ValidatingAdmissionPolicyBinding', name)).toMatchObject({
      apiVersion: 'admissionregistration.k8s.io/v1',
      spec: { policyName: name, validationActions: ['Deny'] },
    });
    expect(specOf(name)).toMatchObject({ failurePolicy: 'Fail' });
  });

  it('is for one caller, by a condition that has a name', () => {
    const conditions = specOf(name).matchConditions.map((condition) => condition.name);

    expect(conditions).toEqual([expect.stringMatching(/^by-[a-z-]+$/)]);
  });

  it('says of each refusal why, in words of its own', () => {
    const messages = specOf(name).validations.map(({ message }) => message);

    expect(messages.filter((message) => !/^(an agent|nodeeni) \w+ /.test(message))).toEqual([]);
    expect(new Set(messages).size).toBe(messages.length);
  });
});

describe('the policies of the agent', () => {
  it.each([
    {
      name: 'nodeeni-agent-states',
      rule: {
        apiGroups: ['networking.k8s.aws'],
        apiVersions: ['v1alpha1'],
        operations: ['CREATE', 'UPDATE', 'DELETE'],
        resources: ['nodeenistates', 'nodeenistates/status'],
        scope: 'Cluster',
      },
      node: 'oldObject == null ? "" : oldObject.?spec.?nodeName.orValue("")',
    },
    {
      name: 'nodeeni-agent-pods',
      rule: {
        apiGroups: [''],
        apiVersions: ['v1'],
        operations: ['DELETE'],
        resources: ['pods'],
        scope: 'Namespaced',
      },
      node: 'oldObject.?spec.?nodeName.orValue("")',
    },
    {
      name: 'nodeeni-agent-events',
      rule: {
        apiGroups: [''],
        apiVersions: ['v1'],
        operations: ['CREATE', 'UPDATE'],
        resources: ['events'],
        scope: 'Namespaced',
      },
      node: 'object.involvedObject.?kind.orValue("") == "Node" ? object.involvedObject.?name.orValue("") : ""',
    },
  ])('hold each agent to the node its token is bound to: $name', ({ name, rule, node }) => {
    const { who, variables, validations } = partsOf(name);

    expect(specOf(name).matchConstraints.resourceRules).toEqual([rule]);
    expect(who).toEqual([
      'request.userInfo.username == "system:serviceaccount:nodeeni-system:nodeeni-agent"',
    ]);
    expect(variables).toEqual({
      boundNode: 'request.userInfo.extra[?"authentication.kubernetes.io/node-name"][0].orValue("")',
      node,
    });
    expect(validations[0]).toBe(
      'variables.boundNode != "" && variables.node == variables.boundNode',
    );
  });

  it('let it write nothing but the host of a state, and restart only pods of DaemonSets', () => {
    const others = AGENTS.map((name) => partsOf(name).validations.slice(1));

    expect(others).toEqual([
      [
        expect.stringMatching(
          /^request\.operation == "UPDATE" && request\.subResource == "status" && !\(.*interfaces.*interfacesOmitted.*summary.*\)$/,
        ),
      ],
      ['oldObject.?metadata.?ownerReferences.orValue([]).exists(owner, owner.kind == "DaemonSet")'],
      [],
    ]);
  });
});

describe('the policy of the functions', () => {
  it('is for updates of nodes by members of the group', () => {
    expect(specOf(FUNCTIONS).matchConstraints.resourceRules).toEqual([
      {
        apiGroups: [''],
        apiVersions: ['v1'],
        operations: ['UPDATE'],
        resources: ['nodes'],
        scope: 'Cluster',
      },
    ]);
    expect(partsOf(FUNCTIONS).who).toEqual(['"team:nodeeni" in request.userInfo.groups']);
  });

  it('lets them take their own taint off, and set their own labels', () => {
    const { variables, validations } = partsOf(FUNCTIONS);
    const [others = '', putsOn, takesOff, ...taints] = validations;

    expect(
      others.split(' && ').map((change) => /^!\(object\.(\S+)\.orValue/.exec(change)?.[1]),
    ).toEqual(
      ['annotations', 'finalizers', 'ownerReferences']
        .map((field) => `?metadata.?${field}`)
        .concat('?spec.?unschedulable'),
    );
    expect(variables).toEqual({
      before: 'oldObject.?spec.?taints.orValue([])',
      after: 'object.?spec.?taints.orValue([])',
      labelsBefore: 'oldObject.?metadata.?labels.orValue({})',
      labelsAfter: 'object.?metadata.?labels.orValue({})',
    });
    for (const labels of [putsOn, takesOff])
      expect(labels).toContain('key.startsWith("nodeeni.networking.k8s.aws/")');
    expect(taints).toEqual([
      `variables.before.all(taint, taint.key == "${NOT_READY_TAINT}" || taint in variables.after)`,
      'variables.after.all(taint, taint in variables.before)',
    ]);
  });
});
