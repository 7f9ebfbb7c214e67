import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { PLUGIN_NAMESPACES } from '#core/manifests/agent.ts';
import { AGENT_IMAGE, agentDaemonSet, bundleName } from '#core/manifests/agent-daemon-set.ts';
import { printManifests } from '#test/e2e/installed-cluster.ts';
import { NODES_PATH } from '#test/e2e/kube-client.ts';
import { eventually } from '#test/e2e/outcomes.ts';
import {
  type AgentPod,
  agentPods,
  bundleOf,
  confinementOf,
  isReady,
} from '#test/support/kubelet/agent-pods.ts';
import { OWN_IMAGE } from '#test/support/kubelet/parts.ts';
import { useKubeletCluster } from '#test/support/kubelet/stage.ts';
import { AGENT_CONTAINER } from '#test/support/node/daemon-set.ts';
import { attachmentOf, rowOf, slotOf } from '#test/support/node/rows.ts';

const NODE = 'node-1';
const NUMBER = 6;
const SLOT = slotOf(NUMBER);
const ROW = rowOf(NUMBER, { deviceIndex: 2 });
const LINK = 'ens6';
const AS_ASKED = { name: LINK, mtu: 9001, isUp: true, altNames: [ROW.eniId, 'eth2'] };
const NAMESPACE_PATH = '/api/v1/namespaces/nodeeni-system';
const DAEMON_SET_PATH = '/apis/apps/v1/namespaces/nodeeni-system/daemonsets/nodeeni-agent';
const BUNDLE = readFileSync(new URL('../../dist/agent/agent.mjs', import.meta.url), 'utf8');

/** DAC_READ_SEARCH, NET_ADMIN, SYS_MODULE, SYS_CHROOT, SYS_PTRACE, SYS_ADMIN by their numbers (capability.h, Linux). */
const CAPABILITIES = [2, 12, 16, 18, 19, 21]
  .reduce((all, bit) => all | (1n << BigInt(bit)), 0n)
  .toString(16)
  .padStart(16, '0');

describe('the DaemonSet of the agent on a real node', () => {
  const stage = useKubeletCluster({ [NODE]: { ng: 'multi-eni' } });

  /** Waits until the agent has one pod, which is ready. */
  const untilOneReady = (): Promise<AgentPod> =>
    eventually(async () => {
      const pods = await agentPods(stage());
      const [pod] = pods;
      if (pods.length !== 1 || pod === undefined || !isReady(pod))
        throw new Error(JSON.stringify(pods.map(({ status }) => status)));
      return pod;
    });
  const rollOut = async (manifests: string): Promise<AgentPod> => {
    await stage().apply(manifests);
    const status = ['rollout', 'status', 'daemonset/nodeeni-agent', '--timeout=90s'];
    const { code, stderr } = await stage().server.kubectl(['-n', 'nodeeni-system', ...status]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return untilOneReady();
  };
  const install = async (): Promise<AgentPod> => rollOut(await printManifests('--agent'));
  const attach = async (): Promise<void> => {
    const { host } = stage().node(NODE);
    if ((await host.link(LINK)) === undefined) await host.attach(attachmentOf(NUMBER, LINK));
  };
  const untilReported = (status: object): Promise<void> =>
    eventually(async () => expect((await stage().reported(NODE))[SLOT]).toMatchObject(status));

  it('has a pod that is ready, with exactly the rights and the folders that it names', async () => {
    const pod = await install();

    expect(await confinementOf(stage().node(NODE), pod)).toEqual({
      ...{ capabilities: CAPABILITIES, bounding: CAPABILITIES, seccomp: '2', root: 'ro' },
      mounts: AGENT_CONTAINER.volumeMounts
        .map(({ mountPath, readOnly }) => `${mountPath} ${readOnly === true ? 'ro' : 'rw'}`)
        .toSorted(),
    });
  });

  it('runs from the image that its Dockerfile makes, where no image of others may be taken', async () => {
    const pod = await rollOut(await printManifests('--agent', '--agent-image', OWN_IMAGE));
    const { run } = stage().node(NODE);
    const container = { name: 'agent', image: OWN_IMAGE, args: ['agent', '--help'] };
    await stage().client.call('POST', `${NAMESPACE_PATH}/pods`, {
      metadata: { name: 'alone' },
      spec: { nodeName: NODE, restartPolicy: 'Never', containers: [container] },
    });

    await eventually(async () => {
      const { body } = await stage().client.call('GET', `${NAMESPACE_PATH}/pods/alone`);
      expect(body).toMatchObject({ status: { phase: 'Succeeded' } });
    });
    const said = await run('bash', '-c', 'cat /var/log/pods/nodeeni-system_alone_*/agent/0.log');
    expect(said).toContain('--node-name');
    expect(pod.status.containerStatuses?.[0]).toMatchObject({ image: OWN_IMAGE, restartCount: 0 });
  });

  it('configures a link that is attached, and reports it with the rights of its own pod', async () => {
    await install();
    await stage().ask(NODE, { [SLOT]: ROW });
    await untilReported({ configured: false, reason: 'DeviceNotSeen' });

    await attach();

    await untilReported({ configured: true, interfaceName: LINK, mtu: 9001 });
    expect(await stage().node(NODE).host.link(LINK)).toEqual(AS_ASKED);
    expect(await stage().node(NODE).run('ls', '/run/nodeeni')).toContain('state.json');
  });

  it('runs the bundle of the next release after a rollout, and the link stays as it is', async () => {
    const before = await install();
    await stage().ask(NODE, { [SLOT]: ROW });
    await attach();
    await untilReported({ configured: true });
    const next = `${BUNDLE}\n// The next release.\n`;
    const manifests = agentDaemonSet({
      ...{ bundle: next, image: AGENT_IMAGE, pluginNamespaces: PLUGIN_NAMESPACES },
    });

    const after = await rollOut(manifests.map((manifest) => stringify(manifest)).join('---\n'));

    await stage().ask(NODE, { [SLOT]: { ...ROW, generation: 2 } });
    await untilReported({ configured: true, generation: 2 });
    expect(bundleOf(before)).toBe(bundleName(BUNDLE));
    expect(bundleOf(after)).toBe(bundleName(next));
    expect(after.status.containerStatuses?.[0]?.restartCount).toBe(0);
    expect(await stage().node(NODE).host.link(LINK)).toEqual(AS_ASKED);
  });

  it('runs on through a restart of the kubelet', async () => {
    const before = await install();

    await stage().restartKubelet(NODE);
    await stage().untilNodesReady();

    const after = await untilOneReady();
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(after.status.containerStatuses?.[0]?.restartCount).toBe(0);
  });

  it('leaves a node out to which nobody attaches an interface, and one that no NodeENI selects', async () => {
    const label = (labels: object) =>
      stage().client.call('PATCH', `${NODES_PATH}/${NODE}`, { metadata: { labels } });
    const untilLeftOut = () =>
      eventually(async () => {
        const { body } = await stage().client.call('GET', DAEMON_SET_PATH);
        expect(body).toMatchObject({ status: { desiredNumberScheduled: 0 } });
        expect(await agentPods(stage())).toEqual([]);
      });
    await install();

    await label({ 'eks.amazonaws.com/compute-type': 'hybrid' });
    await untilLeftOut();
    await label({ 'eks.amazonaws.com/compute-type': null, ng: null });
    await untilOneReady();
    await stage().apply(await printManifests('--agent', '--nodes-of', 'examples/basic.yaml'));
    await untilLeftOut();
    await label({ ng: 'multi-eni' });

    const pod = await untilOneReady();
    expect(pod.spec.nodeName).toBe(NODE);
  });
});
