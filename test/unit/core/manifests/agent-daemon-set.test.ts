import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { agentDaemonSet } from '#core/manifests/agent-daemon-set.ts';
import { found } from './found.ts';

interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

interface PodSpec {
  readonly containers: readonly [{ readonly volumeMounts: readonly Mount[] }];
}

interface DaemonSetSpec {
  readonly selector: { readonly matchLabels: object };
  readonly template: {
    readonly metadata: { readonly labels: object; readonly annotations: object };
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

  it('tell by the digest of the bundle which one they run', () => {
    const digest = createHash('sha256').update(BUNDLE).digest('hex');

    expect(specOf().template.metadata.annotations).toEqual({
      'nodeeni.networking.k8s.aws/bundle': digest,
    });
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
      '/host/run/systemd/network',
      '/host/run/NetworkManager',
    ]);
  });

  it('knows its node, is asked for its health by name, and has little memory', () => {
    expect(containerOf()).toMatchObject({
      command: ['node', '--lite-mode'],
      env: expect.arrayContaining([
        {
          name: 'NODEENI_NODE_NAME',
          valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } },
        },
        { name: 'NODE_ENV', value: 'production' },
        { name: 'MALLOC_ARENA_MAX', value: '1' },
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
