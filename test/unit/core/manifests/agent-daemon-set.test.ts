import { describe, expect, it } from 'vitest';
import { AGENT_IMAGE, agentDaemonSet } from '#core/manifests/agent-daemon-set.ts';
import { found } from './found.ts';

interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

interface PodSpec {
  readonly containers: readonly [
    { readonly volumeMounts: readonly Mount[]; readonly securityContext: object },
  ];
  readonly volumes: readonly object[];
}

interface DaemonSetSpec {
  readonly selector: { readonly matchLabels: object };
  readonly template: {
    readonly metadata: { readonly labels: object };
    readonly spec: PodSpec;
  };
}

const BUNDLE = 'console.log("agent")';
const daemonSet = () =>
  found(
    agentDaemonSet({ bundle: BUNDLE, image: 'node:24', pluginNamespaces: ['net'] }),
    'DaemonSet',
    'nodeeni-agent',
  );
const specOf = () => daemonSet().spec as DaemonSetSpec;
const podOf = (): PodSpec => specOf().template.spec;
const containerOf = () => podOf().containers[0];

describe('The pods of the agent', () => {
  it('are found by labels that tell them from everything else of ours', () => {
    const labels = {
      'app.kubernetes.io/name': 'nodeeni',
      'app.kubernetes.io/component': 'agent',
    };

    const { selector, template } = specOf();

    expect(daemonSet().apiVersion).toBe('apps/v1');
    expect(selector).toEqual({ matchLabels: labels });
    expect(template.metadata.labels).toEqual(labels);
  });

  it('have the bundle by its digest, which nobody can change under them', () => {
    const of = (bundle: string) => {
      const objects = agentDaemonSet({ bundle, image: AGENT_IMAGE, pluginNamespaces: [] });
      const configMap = objects.find(({ kind }) => kind === 'ConfigMap');
      const { spec } = found(objects, 'DaemonSet', 'nodeeni-agent');
      const { volumes } = (spec as DaemonSetSpec).template.spec;
      return { configMap, name: configMap?.metadata.name, volume: volumes[0] };
    };
    const [before, after] = [of('before'), of('after')];

    expect(before.configMap).toMatchObject({ immutable: true, data: { 'agent.mjs': 'before' } });
    expect(before.volume).toEqual({ name: 'agent', configMap: { name: before.name } });
    expect(after.volume).toEqual({ name: 'agent', configMap: { name: after.name } });
    expect(before.name).not.toBe(after.name);
  });

  it('have the type that Bottlerocket asks for where the nodes run it, and no other elsewhere', () => {
    const securityOf = (isForBottlerocket: boolean) => {
      const options = {
        bundle: BUNDLE,
        image: AGENT_IMAGE,
        pluginNamespaces: [],
        isForBottlerocket,
      };
      const { spec } = found(agentDaemonSet(options), 'DaemonSet', 'nodeeni-agent');
      const { template } = spec as DaemonSetSpec;
      return template.spec.containers[0].securityContext;
    };

    expect(securityOf(true)).toMatchObject({ seLinuxOptions: { type: 'super_t' } });
    expect(securityOf(false)).not.toHaveProperty('seLinuxOptions');
  });

  it('are changed few at a time, and end what they have begun', () => {
    expect(daemonSet().spec).toMatchObject({
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
    });
    expect(podOf()).toMatchObject({ terminationGracePeriodSeconds: 60 });
  });

  it('see the network and the processes of their host, before others are let in', () => {
    expect(podOf()).toMatchObject({
      serviceAccountName: 'nodeeni-agent',
      priorityClassName: 'system-node-critical',
      hostNetwork: true,
      hostPID: true,
      dnsPolicy: 'Default',
    });
  });

  it('run on Linux, and on no node to which nobody attaches interfaces', () => {
    expect(podOf()).toMatchObject({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              {
                matchExpressions: [
                  { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
                  {
                    key: 'eks.amazonaws.com/compute-type',
                    operator: 'NotIn',
                    values: ['fargate', 'hybrid', 'auto'],
                  },
                ],
              },
            ],
          },
        },
      },
    });
  });
});

describe('The container of the agent', () => {
  it('is root without the rights of root, on a file system it cannot write', () => {
    expect(containerOf()).toMatchObject({
      name: 'agent',
      securityContext: {
        runAsUser: 0,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
        appArmorProfile: { type: 'Unconfined' },
      },
    });
  });

  it('writes only where it configures the host', () => {
    const written = containerOf().volumeMounts.filter(({ readOnly = false }) => !readOnly);

    expect(written.map(({ mountPath }) => mountPath)).toEqual([
      '/host/sys',
      '/host/etc/pcidp',
      '/host/run/nodeeni',
      '/host/etc/cni',
      '/host/run/systemd/network',
      '/host/run/NetworkManager',
    ]);
  });

  it('knows its node, is asked for its health on the own address of it, and has little memory', () => {
    expect(containerOf()).toMatchObject({
      command: ['node', '--lite-mode'],
      env: expect.arrayContaining([
        {
          name: 'NODEENI_NODE_NAME',
          valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } },
        },
        {
          name: 'NODEENI_LISTEN_ADDRESS',
          valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.hostIP' } },
        },
        { name: 'NODE_ENV', value: 'production' },
        { name: 'MALLOC_ARENA_MAX', value: '1' },
        { name: 'MALLOC_TRIM_THRESHOLD_', value: '65536' },
      ]),
      ports: [{ name: 'health' }],
      readinessProbe: { httpGet: { path: '/healthz', port: 'health' }, periodSeconds: 10 },
      livenessProbe: {
        httpGet: { path: '/livez', port: 'health' },
        periodSeconds: 30,
        timeoutSeconds: 5,
      },
      resources: { requests: { cpu: '10m', memory: '80Mi' }, limits: { memory: '192Mi' } },
    });
  });
});
