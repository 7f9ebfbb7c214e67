import { describe, expect, it } from 'vitest';
import { agentDaemonSet } from '#core/manifests/agent-daemon-set.ts';
import { agentAffinity } from '#core/manifests/agent-nodes.ts';
import { GIVEN_SETTINGS, parseAgentFit } from '#core/manifests/agent-options.ts';
import { OPTION_NAMES } from '#node-agent/option-schema.ts';
import { found } from './found.ts';

const LINUX = { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] };
const ON_EC2 = {
  key: 'eks.amazonaws.com/compute-type',
  operator: 'NotIn',
  values: ['fargate', 'hybrid', 'auto'],
};
const ZONE = { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['us-east-1a'] };
const METAL = { key: 'metal', operator: 'Exists' };

interface Pod {
  readonly containers: readonly [{ readonly env: readonly object[]; readonly resources: object }];
}

const podFor = (options: Partial<Parameters<typeof agentDaemonSet>[0]>): Pod => {
  const daemonSet = found(
    agentDaemonSet({ bundle: '', image: 'node:24', pluginNamespaces: [], ...options }),
    'DaemonSet',
    'nodeeni-agent',
  );
  return (daemonSet.spec as { readonly template: { readonly spec: Pod } }).template.spec;
};

const termsOf = (nodes: Parameters<typeof agentAffinity>[0]) =>
  agentAffinity(nodes).nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
    ?.nodeSelectorTerms;

describe('The affinity of the agent', () => {
  it('asks for EC2 nodes with Linux, and for nothing else unless it is told', () => {
    expect(termsOf({})).toEqual([{ matchExpressions: [LINUX, ON_EC2] }]);
  });

  it('asks for them in each term that is given, since a node needs to meet only one', () => {
    const given = {
      podAntiAffinity: { some: 'rule' },
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchExpressions: [ZONE] },
            { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['one'] }] },
          ],
        },
      },
    };

    expect(agentAffinity({ affinity: given }).podAntiAffinity).toEqual({ some: 'rule' });
    expect(termsOf({ affinity: given })).toEqual([
      { matchExpressions: [LINUX, ON_EC2, ZONE] },
      {
        matchExpressions: [LINUX, ON_EC2],
        matchFields: [{ key: 'metadata.name', operator: 'In', values: ['one'] }],
      },
    ]);
  });

  it('asks for what one of the NodeENIs asks for, with what is given', () => {
    const nodeEnis = [
      { nodeSelector: { ng: 'multi-eni' } },
      {
        nodeSelector: { ng: 'dpdk' },
        selector: { matchExpressions: [{ ...METAL, operator: 'Exists' as const }] },
      },
    ];
    const affinity = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [ZONE] }],
        },
      },
    };

    expect(termsOf({ nodeEnis, affinity })).toEqual([
      {
        matchExpressions: [
          LINUX,
          ON_EC2,
          ZONE,
          { key: 'ng', operator: 'In', values: ['multi-eni'] },
        ],
      },
      {
        matchExpressions: [
          LINUX,
          ON_EC2,
          ZONE,
          { key: 'ng', operator: 'In', values: ['dpdk'] },
          METAL,
        ],
      },
    ]);
  });
});

describe('The agent’s DaemonSet', () => {
  it('is fitted to nodes', () => {
    const fit = parseAgentFit({
      nodeSelector: { ng: 'multi-eni' },
      tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'net', effect: 'NoSchedule' }],
      resources: { limits: { memory: '256Mi' } },
      env: { NODEENI_NO_IOMMU: 'off', HTTPS_PROXY: 'http://proxy:3128' },
    });

    const pod = podFor({ fit });

    expect(pod).toMatchObject({
      nodeSelector: { ng: 'multi-eni' },
      tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'net', effect: 'NoSchedule' }],
    });
    const [container] = pod.containers;
    expect(container.resources).toEqual({
      requests: { cpu: '10m', memory: '80Mi' },
      limits: { memory: '256Mi' },
    });
    expect(container.env).toEqual(
      expect.arrayContaining([
        { name: 'NODEENI_NO_IOMMU', value: 'off' },
        { name: 'HTTPS_PROXY', value: 'http://proxy:3128' },
        expect.objectContaining({ name: 'NODEENI_NODE_NAME' }),
      ]),
    );
  });

  it('goes to all nodes and tolerates every taint unless it is told', () => {
    expect(podFor({})).toMatchObject({ tolerations: [{ operator: 'Exists' }] });
    expect(podFor({})).not.toHaveProperty('nodeSelector');
  });
});

describe('A fit that cannot be used', () => {
  it.each([
    ['an unknown field', { nodeSelectors: {} }, 'nodeSelectors'],
    ['a label that is none', { nodeSelector: { 'a b': 'c' } }, 'label key'],
    ['a setting that there is not', { env: { NODEENI_LOG_LEVEL: 'debug' } }, 'NODEENI_PCI_IDS'],
    ['a setting of the DaemonSet', { env: { NODEENI_NODE_NAME: 'x' } }, 'NODEENI_NODE_NAME is no'],
    ['a variable that is none', { env: { 'A-B': 'x' } }, 'A-B is no name of a variable'],
    ['a quantity that is none', { resources: { limits: { memory: '1 GB' } } }, 'no quantity'],
    ['a toleration of an unknown effect', { tolerations: [{ effect: 'Never' }] }, 'effect'],
    [
      'a term that would match no node',
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{}] },
          },
        },
      },
      'affinity',
    ],
  ])('is refused with what is wrong: %s', (_, given, words) => {
    expect(() => parseAgentFit(given)).toThrow(words);
  });
});

it('The settings that the environment may give are settings of the agent', () => {
  const known = OPTION_NAMES.map((name) => `NODEENI_${name.toUpperCase().replaceAll('-', '_')}`);

  expect(GIVEN_SETTINGS.filter((name) => !known.includes(name))).toEqual([]);
});
