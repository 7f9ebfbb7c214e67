import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { HostStatus, NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { instanceKey } from '#core/ports/work-queue.ts';
import { NODE_ENI_STATES } from '#providers/kubernetes/resources.ts';
import type { LoggedCall } from '#simulator/call-log.ts';
import { launchHook, workersGroup } from '#test/support/launch-group.ts';
import { createScenario, type ScenarioOptions } from '#test/support/scenario.ts';

const AGENT = 'system:serviceaccount:nodeeni-system:nodeeni-agent';

/** Every id of an instance, an ENI or an attachment that a call names. */
export const idsIn = ({ input }: LoggedCall): readonly string[] =>
  JSON.stringify(input).match(/\b(?:eni-attach|eni|i)-[0-9a-f]{8,17}\b/g) ?? [];

/**
 * Two nodes with two interfaces each, an instance that a launch hook holds until its host is configured, and interfaces
 * of others: one without tags on the first node, one of another cluster. Out: the world, who is who, and what the agent
 * on the first node may do: write `status.host` of its own object.
 */
export const createHostileCluster = async (options: ScenarioOptions = {}) => {
  const scenario = createScenario(options);
  const { subnets, ec2, kubernetes, autoScaling } = scenario;
  const hostile = await scenario.addNode();
  const victim = await scenario.addNode();
  await scenario.applyNodeEni('data', { subnetID: subnets.a });
  await scenario.applyNodeEni('wan', { subnetID: subnets.a2, deviceIndex: 3 });
  const hooks = [launchHook({ completeWhen: 'Configured', deadlineSeconds: 3_600 }, 3_600)];
  autoScaling.createGroup(workersGroup(scenario, { hooks }));
  autoScaling.setDesiredCapacity('workers', 1);
  const foreign = ec2.byHand.create({ subnetId: subnets.a });
  ec2.byHand.attach(foreign, hostile.instanceId, 5);
  const ofAnotherCluster = ec2.byHand.create({
    subnetId: subnets.a,
    tags: {
      [TAGS.cluster]: 'prod',
      [TAGS.clusterUid]: 'another',
      [TAGS.instance]: hostile.instanceId,
    },
  });
  await scenario.pass(60);

  const stateOf = async (instanceId: string) =>
    (await kubernetes.get(NODE_ENI_STATES, instanceId)) as unknown as NodeEniState;

  /** What an honest agent says: all done, in the generation that is asked. */
  const report = async (instanceId: string): Promise<void> => {
    const { spec } = await stateOf(instanceId);
    const rows = Object.entries(spec.interfaces ?? {}).map(([slot, record]) => [
      slot,
      {
        eniId: record.eniId ?? '',
        generation: record.generation,
        ...(record.phase === 'Releasing' ? { released: true } : { configured: true }),
      } satisfies HostStatus,
    ]);
    await writeHost(instanceId, Object.fromEntries(rows));
  };

  const writeHost = (instanceId: string, host: object) =>
    kubernetes
      .as(AGENT)
      .patch(
        NODE_ENI_STATES,
        instanceId,
        { type: 'merge', body: { status: { host } } },
        { subresource: 'status' },
      );

  await report(hostile.instanceId);
  await report(victim.instanceId);
  await scenario.pass(60);

  const eniOn = (instanceId: string, nodeEni: string): string =>
    scenario.oursOn(instanceId).find(({ tags }) => tags.get(TAGS.name) === nodeEni)?.eniId ?? '';

  return {
    scenario,
    eniOn,
    /** Both nodes in one batch of the worker, the hostile one first. */
    lookAtBoth: () =>
      scenario.installation.queues.workQueue.hint(
        [hostile, victim].map(({ instanceId }) => instanceKey(instanceId)),
      ),
    hostile: hostile.instanceId,
    victim: victim.instanceId,
    waiting: [...autoScaling.states('workers').keys()][0] ?? '',
    foreign,
    ofAnotherCluster,
    primaryOf: (instanceId: string) =>
      ec2
        .interfaces()
        .find(({ attachment: at }) => at?.instanceId === instanceId && at.deviceIndex === 0)
        ?.eniId ?? '',
    stateOf,
    report,
    writeHost,
    failures: () => scenario.lines.filter(({ level }) => level === 'error'),
  };
};

export type HostileCluster = Awaited<ReturnType<typeof createHostileCluster>>;
