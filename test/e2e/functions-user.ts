import { setTimeout as sleep } from 'node:timers/promises';
import { clusterTagOf } from '#core/apis/v1alpha1/names.ts';
import { createOperator, type FullOperator } from '#operator/create-operator.ts';
import { systemClock } from '#operator/system-clock.ts';
import type { KubernetesApi } from '#providers/kubernetes/kubernetes-api.ts';
import { SimulatedAutoScaling } from '#simulator/autoscaling/simulated-auto-scaling.ts';
import { SimulatedEc2 } from '#simulator/ec2/simulated-ec2.ts';
import { createRandom } from '#simulator/random.ts';
import { recordingTelemetry } from '#test/support/telemetry.ts';

const CLUSTER_NAME = 'e2e';

/** What the functions do in a real cluster, as the user they come as there, with an AWS account in memory. */
export const createFunctionsUser = (kubernetes: KubernetesApi) => {
  const random = createRandom(1);
  const ec2 = new SimulatedEc2({ clock: systemClock, random });
  const { telemetry, lines } = recordingTelemetry();
  const vpcId = ec2.fleet.createVpc();
  const network = {
    subnetId: ec2.fleet.createSubnet({ vpcId, zone: 'us-east-1a', cidr: '10.1.0.0/24' }),
    smallSubnetId: ec2.fleet.createSubnet({ vpcId, zone: 'us-east-1a', cidr: '10.1.7.0/28' }),
    groupId: ec2.fleet.createSecurityGroup({ vpcId, name: 'multus' }),
  };
  const operator: FullOperator = createOperator({
    clock: systemClock,
    clusterName: CLUSTER_NAME,
    apis: {
      ec2: ec2.api,
      autoScaling: new SimulatedAutoScaling({ clock: systemClock, ec2, random }).api,
      kubernetes,
    },
    workQueue: {
      hint: () => Promise.resolve(),
      announce: () => Promise.resolve(),
      requeueAfter: () => Promise.resolve(),
    },
    telemetry,
    budget: { share: 1, burstShare: 1, concurrency: 1 },
  });

  return {
    ec2,
    network,
    operator,
    /** What the functions complained of. */
    complaints: () => lines.filter(({ level }) => level === 'error' || level === 'warn'),
    runInstance: (instanceType = 'm5.4xlarge') =>
      ec2.fleet.runInstance({
        subnetId: network.subnetId,
        instanceType,
        tags: { [clusterTagOf(CLUSTER_NAME)]: 'owned' },
      }).instanceId,
    /** Reconciles at a NodeENI and an instance as often as their queues would, until it is as wanted. */
    async workUntil(
      { nodeEni, instanceId }: { readonly nodeEni: string; readonly instanceId: string },
      isDone: () => Promise<boolean>,
    ): Promise<void> {
      for (let look = 0; look < 40 && !(await isDone()); look += 1) {
        await operator.nodeEnis.reconcile([nodeEni]);
        await operator.instances.reconcile([instanceId]);
        await sleep(250);
      }
    },
  };
};
