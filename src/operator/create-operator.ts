import { ASG_NAME_TAG, FINALIZER } from '#core/apis/v1alpha1/names.ts';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { createInstanceInterfaces } from '#core/controllers/instance-interfaces/controller.ts';
import { createLifecycleHooks } from '#core/controllers/lifecycle-hooks/controller.ts';
import { createNetworkAttachments } from '#core/controllers/network-attachments/controller.ts';
import { createNodeCapacity } from '#core/controllers/node-capacity/controller.ts';
import { createNodeLabels } from '#core/controllers/node-labels/controller.ts';
import { createRollUp } from '#core/controllers/roll-up/controller.ts';
import { createStartupTaint } from '#core/controllers/startup-taint/controller.ts';
import { createSweep } from '#core/controllers/sweep/controller.ts';
import type { Room } from '#core/controllers/sweep/room.ts';
import { createRequestBudget } from '#core/ec2/request-budget.ts';
import type { InstallationSettings } from '#core/instance/installation-settings.ts';
import { createFindUnadopted } from '#core/instance/unadopted.ts';
import type { NetworkBatch } from '#core/network-standing.ts';
import { createAdoption } from '#core/operations/adoption/adoption.ts';
import { createRetained } from '#core/operations/retained.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { EventPublisher } from '#core/ports/publisher.ts';
import type { WorkQueue } from '#core/ports/work-queue.ts';
import { isEnding } from '#core/scaling/lifecycle-state.ts';
import { createFailureReporter } from '#core/workers/failure-reporter.ts';
import { createInstanceWorker } from '#core/workers/instance-worker.ts';
import { createNodeEniWorker } from '#core/workers/node-eni-worker.ts';
import type { AutoScalingApi } from '#providers/autoscaling/auto-scaling-api.ts';
import { createScalingProvider } from '#providers/autoscaling/scaling-provider.ts';
import { budgetedLookUps } from '#providers/ec2/budgeted-look-ups.ts';
import type { Ec2Api } from '#providers/ec2/ec2-api.ts';
import { createInstanceProvider } from '#providers/ec2/instance-provider.ts';
import { createInstanceTypeProvider } from '#providers/ec2/instance-type-provider.ts';
import { createNetworkInterfaceProvider } from '#providers/ec2/network-interface-provider.ts';
import { createSecurityGroupProvider } from '#providers/ec2/security-group-provider.ts';
import { createSubnetProvider } from '#providers/ec2/subnet-provider.ts';
import type { EventBridgeApi } from '#providers/eventbridge/event-bridge-api.ts';
import { createEventPublisher } from '#providers/eventbridge/event-publisher.ts';
import { createClusterIdentity } from '#providers/kubernetes/cluster-identity.ts';
import { createEventRecorder } from '#providers/kubernetes/event-recorder.ts';
import { createInstanceTroubles } from '#providers/kubernetes/instance-troubles.ts';
import type { KubernetesApi } from '#providers/kubernetes/kubernetes-api.ts';
import { createNamespaceStore } from '#providers/kubernetes/namespace-store.ts';
import { createNetworkAttachmentStore } from '#providers/kubernetes/network-attachment-store.ts';
import { createNodeEniStateStore } from '#providers/kubernetes/node-eni-state-store.ts';
import { createNodeEniStore } from '#providers/kubernetes/node-eni-store.ts';
import { createNodeStore } from '#providers/kubernetes/node-store.ts';
import { createCommandRunner } from '#providers/ssm/command-runner.ts';
import type { SsmApi } from '#providers/ssm/ssm-api.ts';
import { remainingNodeEnis } from './remaining-node-enis.ts';
import type { Telemetry } from './telemetry.ts';

/** What an operator is put together from: the outside world and the settings of this installation. */
export interface OperatorParts {
  readonly clock: Clock;
  /** Spreads retries; Math.random unless a seed is wanted. */
  readonly random?: () => number;
  readonly clusterName: string;
  readonly apis: {
    readonly ec2: Ec2Api;
    readonly autoScaling: AutoScalingApi;
    readonly kubernetes: KubernetesApi;
  };
  /** The bus that is told of interfaces; absent: nobody is told. */
  readonly events?: { readonly eventBridge: EventBridgeApi; readonly busName: string };
  /** How hosts without an agent get theirs done; no command is sent without it. */
  readonly runCommand?: HostCommandParts;
  readonly settings?: InstallationSettings;
  /** What one run of the sweep looks at; absent: what the deployed function can. */
  readonly sweepRoom?: Room;
  readonly workQueue: WorkQueue;
  readonly telemetry: Telemetry;
  readonly budget: {
    readonly share: number;
    readonly burstShare: number;
    readonly concurrency: number;
  };
}

/** Systems Manager, and where hosts find the agent that a command runs. */
export interface HostCommandParts {
  readonly ssm: Pick<SsmApi, 'sendCommand' | 'getCommandInvocation'>;
  readonly bundleLink: (seconds: number) => Promise<string>;
  /** True: also for NodeENIs that do not say who configures the host. */
  readonly isUsual: boolean;
}

const silent: EventPublisher = { publish: () => Promise.resolve() };

/** A NodeENI's first reconcile adds the finalizer, and nothing is built before it is there. */
const withFinalizer = ({ metadata, ...rest }: NodeEni): NodeEni => ({
  ...rest,
  metadata: { ...metadata, finalizers: [...new Set([...(metadata.finalizers ?? []), FINALIZER])] },
});

const lookAtAll = async (batch: Pick<NetworkBatch, 'look'>, nodeEnis: readonly NodeEni[]) =>
  new Map(
    await Promise.all(
      nodeEnis.map(async (nodeEni) => [nodeEni.metadata.name, await batch.look(nodeEni)] as const),
    ),
  );

/** Puts the controllers, their providers and the settings together. The only place that knows them all. */
export const createOperator = (parts: OperatorParts) => {
  const { clock, clusterName, apis, workQueue, telemetry, random = Math.random } = parts;
  const { ec2, autoScaling, kubernetes } = apis;
  const { logger } = telemetry;

  const identity = createClusterIdentity(kubernetes);
  const budget = createRequestBudget({ clock, random, ...parts.budget });
  const lookUps = budgetedLookUps(ec2, budget);
  const enis = createNetworkInterfaceProvider({
    ec2,
    clock,
    clusterName,
    clusterUid: () => identity.uid(),
    budget,
    logger,
  });
  const world = {
    clock,
    clusterName,
    identity,
    enis,
    workQueue,
    instances: createInstanceProvider({ ec2, clusterName }),
    subnets: createSubnetProvider({ ec2: lookUps, clock }),
    securityGroups: createSecurityGroupProvider({ ec2: lookUps, clock }),
    instanceTypes: createInstanceTypeProvider({ ec2, clock }),
    scaling: createScalingProvider({ autoScaling, clock, logger }),
    nodeEnis: createNodeEniStore(kubernetes),
    states: createNodeEniStateStore(kubernetes),
    nodes: createNodeStore(kubernetes),
    events: createEventRecorder({ kubernetes, clock }),
    troubles: createInstanceTroubles({ kubernetes, clock }),
    publisher: parts.events === undefined ? silent : createEventPublisher(parts.events),
    ...(parts.settings && { settings: parts.settings }),
    ...(parts.runCommand && {
      runCommand: {
        isUsual: parts.runCommand.isUsual,
        commands: createCommandRunner({ ...parts.runCommand, clusterName, budget, logger }),
      },
    }),
  };
  const findUnadopted = createFindUnadopted(world);
  const nodeCapacity = createNodeCapacity(world);
  const nodeLabels = createNodeLabels(world);
  const interfaces = createInstanceInterfaces({
    ...world,
    areLabelsSettled: nodeLabels.isSettled,
    isCapacitySettled: nodeCapacity.isSettled,
  });
  const networks = createNetworkAttachments({
    attachments: createNetworkAttachmentStore(kubernetes),
    namespaces: createNamespaceStore(kubernetes),
  });
  const rollUp = createRollUp({
    ...world,
    findUnadopted,
    networks,
    budgetShare: parts.budget.share,
  });
  const hooks = createLifecycleHooks(world);

  return {
    telemetry,
    workQueue,
    budget,
    instances: createInstanceWorker({
      ...world,
      telemetry,
      interfaces,
      hooks,
      nodeCapacity,
      nodeLabels,
      startupTaint: createStartupTaint(world.nodes),
      reporter: createFailureReporter({ ...world, telemetry }),
    }),
    nodeEnis: createNodeEniWorker({ ...world, rollUp, telemetry }),
    sweep: createSweep({
      ...world,
      ...(parts.sweepRoom && { room: parts.sweepRoom }),
      findUnsettledInstances: (input) => interfaces.findUnsettled(input),
      findUnsettledNodeEnis: (input) => rollUp.findUnsettled(input),
      keepAlive: (members, instances) => hooks.keepAlive(members, instances),
    }),
    adoption: createAdoption({ ...world, findUnadopted }),
    retained: createRetained(world),
    /** The plan of these instances, computed and not executed, as if every NodeENI had been taken up already. */
    async plan(instanceIds: readonly string[]) {
      const [instances, { items, invalid }] = await Promise.all([
        world.instances.get(instanceIds),
        world.nodeEnis.list(),
      ]);
      const nodeEnis = { items: items.map(withFinalizer), invalid };
      const grouped = instanceIds.filter((id) => ASG_NAME_TAG in (instances.get(id)?.tags ?? {}));
      const members = await world.scaling.getInstances(grouped);
      const ending = [...members.values()].filter(isEnding).map(({ instanceId }) => instanceId);
      return interfaces.plan({ instanceIds, instances, nodeEnis, terminating: new Set(ending) });
    },
    /** How the definitions of the networks stand, for who only looks. */
    lookAtNetworks: (nodeEnis: readonly NodeEni[]) => lookAtAll(networks.forBatch(), nodeEnis),
    remainingNodeEnis: () => remainingNodeEnis(world.nodeEnis),
    /** For the commands that list what there is. */
    stores: {
      instances: world.instances,
      nodes: world.nodes,
      nodeEnis: world.nodeEnis,
      states: world.states,
      scaling: world.scaling,
      subnets: world.subnets,
      securityGroups: world.securityGroups,
      instanceTypes: world.instanceTypes,
      enis,
    },
  };
};

/** Everything there is; the functions take the part of it that `operator.ts` names. */
export type FullOperator = ReturnType<typeof createOperator>;
