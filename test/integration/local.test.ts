import { describe, expect, it } from 'vitest';
import { createMetrics } from '#cli/local/metrics.ts';
import { createNodeEniView } from '#cli/local/node-eni-view.ts';
import { runOnce } from '#cli/local/once.ts';
import { createRuntime } from '#cli/local/runtime.ts';
import { serve } from '#cli/local/serve.ts';
import { mortal } from '#cli/simulation/mortal.ts';
import { createWorld, type WorldOptions } from '#cli/simulation/world.ts';
import { clusterTagOf } from '#core/apis/v1alpha1/names.ts';
import { NODE_ENI_STATES, NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { readEvent } from '#test/fixtures/events/read-event.ts';
import { recordingTelemetry } from '#test/support/telemetry.ts';

const LABELS = { ng: 'multi-eni' };

/** A cluster of two nodes whose only installation is `nodeeni local`. */
const setUp = async (options: WorldOptions = {}) => {
  const world = createWorld(options);
  const { ec2, kubernetes, clock, autoScaling } = world;
  const vpcId = ec2.fleet.createVpc();
  const zone = 'us-east-1a';
  const nodes = ec2.fleet.createSubnet({ vpcId, zone, cidr: '10.0.0.0/24' });
  const subnetID = ec2.fleet.createSubnet({ vpcId, zone, cidr: '10.1.0.0/24' });
  const group = ec2.fleet.createSecurityGroup({ vpcId, name: 'multus' });
  const { telemetry, lines, counters } = recordingTelemetry();
  const view = createNodeEniView();
  /** A process, and its death: from then on none of its calls goes out. */
  const newProcess = () => {
    const life = new AbortController();
    const own = <Api extends object>(api: Api): Api => mortal(api, () => !life.signal.aborted);
    const runtime = createRuntime({
      connection: {
        ec2: own(ec2.api),
        autoScaling: own(autoScaling.api),
        kubernetes: own(kubernetes.as('nodeeni')),
      },
      clock,
      telemetry,
      clusterName: 'prod',
      budget: 1,
      view,
    });
    return { runtime, kill: () => life.abort() };
  };
  const { runtime, kill } = newProcess();
  const addNode = async (labels: Readonly<Record<string, string>> = LABELS) => {
    const tags = { [clusterTagOf('prod')]: 'owned' };
    const { instanceId } = ec2.fleet.runInstance({
      subnetId: nodes,
      instanceType: 'm5.4xlarge',
      tags,
    });
    const name = ec2.fleet.instance(instanceId)?.privateDnsName ?? '';
    await kubernetes.registerNode({ name, providerID: `aws:///${zone}/${instanceId}`, labels });
    return { instanceId, name };
  };
  const applyNodeEni = () =>
    kubernetes.apply({
      apiVersion: 'networking.k8s.aws/v1alpha1',
      kind: 'NodeENI',
      metadata: { name: 'data' },
      spec: { nodeSelector: LABELS, subnetID, securityGroupIDs: [group], deviceIndex: 2 },
    });
  const start = async () => {
    const filled = runtime.watchCluster();
    await clock.advanceBy(1_000);
    await filled;
    await runtime.sweep();
    await clock.advanceBy(20_000);
  };
  const placed = () =>
    ec2
      .extraInterfaces()
      .map(({ attachment }) => attachment?.instanceId)
      .toSorted();
  return {
    ...world,
    runtime,
    kill,
    newProcess,
    addNode,
    applyNodeEni,
    start,
    placed,
    telemetry,
    lines,
    counters,
    view,
  };
};

describe('The local runtime', () => {
  it('acts on what is there when it starts and on what comes later', async () => {
    const { clock, addNode, applyNodeEni, start, placed } = await setUp();
    const first = await addNode();
    await applyNodeEni();
    await start();
    expect(placed()).toEqual([first.instanceId]);

    const second = await addNode();
    await clock.advanceBy(10_000);

    expect(placed()).toEqual([first.instanceId, second.instanceId].toSorted());
  });

  it.each([
    ['is ready after its first sweep', false, ['listening', 'swept', 'ready']],
    ['is not ready when it is asked to end before that', true, ['listening']],
  ] as const)('%s', async (_, isEnding, said) => {
    const { clock, runtime, telemetry, lines } = await setUp();
    const ending = new AbortController();
    if (isEnding) ending.abort();
    const options = { cluster: 'prod', port: 0, sweepIntervalSeconds: 300 };
    const surroundings = { clock, logger: telemetry.logger, signal: ending.signal, write: () => 0 };

    const serving = serve(runtime, createMetrics(), options, surroundings);
    const notYet = Promise.resolve('not yet');
    while ((await Promise.race([serving, notYet])) === 'not yet') await clock.advanceBy(1_000);
    await (await serving)();
    ending.abort();

    const told = lines.map(({ message }) => message);
    expect(told.filter((message) => ['listening', 'swept', 'ready'].includes(message))).toEqual(
      said,
    );
  });

  it('shows how each NodeENI stands, until it is gone', async () => {
    const { kubernetes, clock, addNode, applyNodeEni, start, view } = await setUp();
    await addNode();
    await applyNodeEni();
    await start();
    await clock.advanceBy(10_000);

    expect(view.interfaces()).toEqual([[{ nodeeni: 'data', reason: 'Attached' }, 1]]);
    expect(view.ready()).toEqual([[{ nodeeni: 'data', reason: 'AllInterfacesReady' }, 1]]);

    await kubernetes.delete(NODE_ENIS, 'data');
    await clock.advanceBy(120_000);
    expect(view.ready()).toEqual([]);
  });

  it('acts on labels, on deleted nodes and on deleted NodeENIs', async () => {
    const { kubernetes, clock, addNode, applyNodeEni, start, placed } = await setUp();
    const { name, instanceId } = await addNode({ ng: 'plain' });
    await applyNodeEni();
    await start();
    expect(placed()).toEqual([]);

    await kubernetes.labelNode(name, LABELS);
    await clock.advanceBy(10_000);
    expect(placed()).toEqual([instanceId]);

    await kubernetes.delete(NODE_ENIS, 'data');
    await clock.advanceBy(200_000);

    expect(placed()).toEqual([]);
    expect((await kubernetes.list(NODE_ENIS)).items).toEqual([]);
  });

  it('says in its log that a function ran out of its time', async () => {
    const { kill, clock, addNode, applyNodeEni, start, lines } = await setUp();
    await applyNodeEni();
    await start();
    await addNode();
    kill(); // no call is answered from now on

    await clock.advanceBy(70_000);

    expect(lines).toContainEqual({
      level: 'error',
      message: 'function failed',
      fields: { function: 'reconcile', error: new Error('Task timed out after 60.00 seconds') },
    });
  });

  it('makes no call for heartbeats nor for its own writes', async () => {
    const { ec2, kubernetes, clock, addNode, applyNodeEni, start } = await setUp();
    const { name } = await addNode();
    await applyNodeEni();
    await start();
    await clock.advanceBy(200_000);
    const before = ec2.wire.log.calls.length;

    for (let beat = 0; beat < 100; beat += 1) {
      await kubernetes.heartbeat(name);
      await clock.advanceBy(1_000);
    }

    expect(ec2.wire.log.calls.length).toBe(before);
  });

  it('reconciles nothing again because of a status that it wrote itself', async () => {
    const { kubernetes, clock, addNode, applyNodeEni, start, counters } = await setUp();
    await addNode();
    await applyNodeEni();
    await start();
    await clock.advanceBy(200_000);
    const before = counters.get('Reconciles');

    await kubernetes
      .as('nodeeni')
      .patch(
        NODE_ENIS,
        'data',
        { type: 'merge', body: { status: { readyInterfaces: 7 } } },
        { subresource: 'status' },
      );
    await clock.advanceBy(30_000);

    expect(counters.get('Reconciles')).toBe(before);
  });

  it('hears of what changed while its watches were broken', async () => {
    const { kubernetes, clock, addNode, applyNodeEni, start, placed, lines } = await setUp();
    const { name, instanceId } = await addNode({ ng: 'plain' });
    await applyNodeEni();
    await start();
    kubernetes.setUnreachable(true);
    await kubernetes.labelNode(name, LABELS).catch(() => undefined);
    await clock.advanceBy(10_000);

    kubernetes.setUnreachable(false);
    await kubernetes.labelNode(name, LABELS);
    await clock.advanceBy(40_000);

    expect(placed()).toEqual([instanceId]);
    expect(lines.map(({ message }) => message)).toContain('watch ended');
  });

  it('notices a NodeENI that was deleted while its watch was closed', async () => {
    const { kubernetes, clock, addNode, applyNodeEni, start, placed } = await setUp();
    await addNode();
    await applyNodeEni();
    await start();

    kubernetes.closeWatches();
    await kubernetes.delete(NODE_ENIS, 'data');
    await clock.advanceBy(200_000);

    expect(placed()).toEqual([]);
  });

  it('rolls up what an agent reports', async () => {
    const { kubernetes, clock, addNode, applyNodeEni, start } = await setUp();
    const { instanceId } = await addNode();
    await applyNodeEni();
    await start();
    const state = await kubernetes.get(NODE_ENI_STATES, instanceId);
    const [slot = '', record] = Object.entries(
      (state.spec as { interfaces: Record<string, { eniId: string; generation: number }> })
        .interfaces,
    )[0] ?? ['', undefined];

    const host = {
      [slot]: {
        eniId: record?.eniId,
        generation: record?.generation,
        interfaceName: 'ens7',
        pciAddress: '0000:00:07.0',
        driver: 'ena',
        configured: true,
      },
    };
    const body = { status: { host } };
    await kubernetes.patch(
      NODE_ENI_STATES,
      instanceId,
      { type: 'merge', body },
      { subresource: 'status' },
    );
    await clock.advanceBy(10_000);

    const { status } = await kubernetes.get(NODE_ENIS, 'data');
    expect(JSON.stringify(status)).toContain('0000:00:07.0');
  });

  it('takes events as EventBridge sends them', async () => {
    const { runtime, addNode, applyNodeEni, clock, ec2 } = await setUp();
    const { instanceId } = await addNode();
    await applyNodeEni();
    const text = JSON.stringify(readEvent('ec2-running'));
    const event: unknown = JSON.parse(text.replaceAll(/i-[0-9a-f]{8,17}/g, instanceId));

    await runtime.takeEvent(event);
    await clock.advanceBy(5_000);

    expect(ec2.wire.log.calls.map(({ action }) => action)).toContain('DescribeInstances');
  });

  it.each([1, 2, 3])(
    'makes no second interface when it is killed after call %i and started again at once',
    async (calls) => {
      // EC2 hides the interface for so long that only what was recorded before the call tells of it.
      const scenario = await setUp({ ec2: { consistencySeconds: 45 } });
      const { ec2, clock, kill, newProcess, addNode, applyNodeEni, start, placed } = scenario;
      const { instanceId } = await addNode();
      await start();
      ec2.wire.crashAfter(calls, kill);
      await applyNodeEni();
      await clock.advanceBy(5_000);

      const { runtime } = newProcess();
      void runtime.watchCluster();
      await clock.advanceBy(1_000);
      await runtime.sweep();
      let most = 0;
      for (let second = 0; second < 400; second += 1) {
        await clock.advanceBy(1_000);
        most = Math.max(most, ec2.extraInterfaces().length);
      }

      expect(most).toBe(1);
      expect(placed()).toEqual([instanceId]);
    },
  );

  it('stops, and takes nothing more', async () => {
    const { runtime, clock, addNode, applyNodeEni, start, placed } = await setUp();
    await applyNodeEni();
    await start();

    await runtime.stop();
    await addNode();
    await clock.advanceBy(60_000);

    expect(placed()).toEqual([]);
  });
});

describe('One run', () => {
  it('does what there is to do and prints how each NodeENI stands', async () => {
    const { runtime, clock, addNode, applyNodeEni, placed } = await setUp();
    await addNode();
    await applyNodeEni();
    let text = '';

    const result = runOnce(runtime, clock, (part) => {
      text += part;
    });
    await clock.advanceBy(120_000);

    expect(await result).toBe(true);
    expect(placed()).toHaveLength(1);
    expect(text.split('\n')[0]).toMatch(/^NAME +INTERFACES +READY +REASON +MESSAGE$/);
    expect(text.split('\n')[1]).toMatch(/^data +1\/1 +True/);
  });

  it('is false when a NodeENI is not Ready', async () => {
    const { runtime, clock, ec2, addNode, applyNodeEni } = await setUp();
    await addNode();
    await applyNodeEni();
    ec2.wire.failNext('CreateNetworkInterface', { code: 'UnauthorizedOperation' });

    const result = runOnce(runtime, clock, () => undefined);
    await clock.advanceBy(200_000);

    expect(await result).toBe(false);
  });
});
