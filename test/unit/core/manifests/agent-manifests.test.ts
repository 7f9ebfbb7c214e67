import { describe, expect, it } from 'vitest';
import { AGENT_PORT, bundleName } from '#core/manifests/agent-daemon-set.ts';
import { agentManifests } from '#core/manifests/agent-manifests.ts';
import { clusterManifests } from '#core/manifests/cluster-manifests.ts';
import type { Manifest } from '#core/manifests/manifest.ts';
import { parseOptions } from '#node-agent/options.ts';

interface Container {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly ports: readonly { readonly containerPort: number }[];
  readonly securityContext: {
    readonly privileged?: boolean;
    readonly capabilities: { readonly add: readonly string[] };
  };
}

interface PodTemplate {
  readonly metadata: object;
  readonly spec: {
    readonly containers: readonly [Container];
    readonly volumes: readonly { readonly name: string; readonly hostPath?: { path: string } }[];
    readonly tolerations: readonly object[];
  };
}

const ofKind = (manifests: readonly Manifest[], kind: string) =>
  manifests.filter((manifest) => manifest.kind === kind);

const templateOf = (manifests: readonly Manifest[]): PodTemplate => {
  const [template] = ofKind(manifests, 'DaemonSet').map(
    (daemonSet) => (daemonSet.spec as { readonly template: PodTemplate }).template,
  );
  if (template === undefined) throw new Error('there is no DaemonSet');
  return template;
};

const BUNDLE = 'console.log("agent")';
const podOf = () => templateOf(agentManifests({ bundle: BUNDLE })).spec;
const containerOf = () => podOf().containers[0];

describe('agentManifests', () => {
  it('has the policies in place before anybody has rights, and rights before agents', () => {
    const kinds = agentManifests({ bundle: BUNDLE }).map(({ kind, metadata }) =>
      [kind, metadata.namespace, metadata.name].filter((part) => part !== undefined).join(' '),
    );

    expect(kinds).toEqual([
      'ValidatingAdmissionPolicy nodeeni-agent-states',
      'ValidatingAdmissionPolicyBinding nodeeni-agent-states',
      'ValidatingAdmissionPolicy nodeeni-agent-pods',
      'ValidatingAdmissionPolicyBinding nodeeni-agent-pods',
      'ValidatingAdmissionPolicy nodeeni-agent-events',
      'ValidatingAdmissionPolicyBinding nodeeni-agent-events',
      'ServiceAccount nodeeni-system nodeeni-agent',
      'ClusterRole nodeeni-agent',
      'ClusterRoleBinding nodeeni-agent',
      'Role default nodeeni-agent-events',
      'RoleBinding default nodeeni-agent-events',
      'Role kube-system nodeeni-agent-plugin',
      'RoleBinding kube-system nodeeni-agent-plugin',
      `ConfigMap nodeeni-system ${bundleName(BUNDLE)}`,
      'DaemonSet nodeeni-system nodeeni-agent',
    ]);
  });

  it('fails closed', () => {
    for (const policy of ofKind(agentManifests({ bundle: BUNDLE }), 'ValidatingAdmissionPolicy'))
      expect(policy.spec).toMatchObject({ failurePolicy: 'Fail' });
  });

  it('starts the agent with options that it understands, and mounts every path they name', () => {
    const container = containerOf();
    const [bundlePath = '', ...args] = container.args;
    const options = parseOptions(args, { NODEENI_NODE_NAME: 'node-1' });

    const { sysfs, run, udev } = options.roots;
    const paths = [
      ...[bundlePath, sysfs, udev, `${run}/nodeeni`, `${run}/systemd/netif`],
      ...[`${run}/systemd/network`, `${run}/NetworkManager/conf.d`],
    ];
    for (const path of [...paths, options.pluginConfigPath])
      expect(
        container.volumeMounts.some(({ mountPath }) => `${path}/`.startsWith(`${mountPath}/`)),
      ).toBe(true);
    expect(options).toMatchObject({
      command: 'run',
      port: AGENT_PORT,
      commandPrefix: ['nsenter', '--target', '1', '--mount', '--'],
      plugin: { namespaces: ['kube-system'] },
    });
    expect(container.ports).toMatchObject([{ containerPort: AGENT_PORT }]);
  });

  it('mounts every volume, and of /run only folders without network namespaces', () => {
    const { containers, volumes } = podOf();
    const mounted = containers[0].volumeMounts.map(({ name }) => name);
    const hostPaths = volumes.flatMap(({ hostPath }) => hostPath?.path ?? []);

    expect(mounted.toSorted()).toEqual(volumes.map(({ name }) => name).toSorted());
    expect(hostPaths).not.toContain('/run');
    expect(hostPaths).not.toContain('/');
  });

  it('is not privileged, and runs where pods are not let in yet', () => {
    const { containers, tolerations } = podOf();
    const { securityContext } = containers[0];

    expect(securityContext).not.toHaveProperty('privileged');
    expect(securityContext.capabilities.add).toEqual([
      'NET_ADMIN',
      'SYS_MODULE',
      'SYS_ADMIN',
      'SYS_CHROOT',
      'SYS_PTRACE',
      'DAC_READ_SEARCH',
    ]);
    expect(tolerations).toEqual([{ operator: 'Exists' }]);
  });

  it('carries the bundle, and starts the agents anew when it changes', () => {
    const [configMap] = ofKind(agentManifests({ bundle: BUNDLE }), 'ConfigMap');
    const templateFor = (bundle: string) => templateOf(agentManifests({ bundle }));

    expect(configMap?.data).toEqual({ 'agent.mjs': BUNDLE });
    expect(templateFor('a')).toEqual(templateFor('a'));
    expect(templateFor('a')).not.toEqual(templateFor('b'));
  });

  it('takes the image and the namespaces of the device plugin from whoever asks', () => {
    const manifests = agentManifests({
      bundle: BUNDLE,
      image: 'example.com/node:24',
      pluginNamespaces: ['sriov', 'net'],
    });

    const [{ image, args }] = templateOf(manifests).spec.containers;
    const roles = ofKind(manifests, 'Role').map(({ metadata }) => metadata.namespace);
    expect(image).toBe('example.com/node:24');
    expect(parseOptions(args.slice(1), {}).plugin.namespaces).toEqual(['sriov', 'net']);
    expect(roles).toEqual(['default', 'sriov', 'net']);
  });
});

describe('clusterManifests with the agent', () => {
  it('lets its pods into the namespace, and changes nothing else', () => {
    const [namespace, ...rest] = clusterManifests({ agent: { bundle: BUNDLE } });
    const [plain, ...others] = clusterManifests();

    expect(namespace?.metadata.labels).toEqual({
      ...plain?.metadata.labels,
      'pod-security.kubernetes.io/enforce': 'privileged',
    });
    expect(rest).toEqual([...others, ...agentManifests({ bundle: BUNDLE })]);
  });
});
