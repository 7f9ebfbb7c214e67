import {
  SimulatedAutoScaling,
  type SimulatedAutoScalingOptions,
} from '#simulator/autoscaling/simulated-auto-scaling.ts';
import { SimulatedEc2, type SimulatedEc2Options } from '#simulator/ec2/simulated-ec2.ts';
import {
  SimulatedEventBridge,
  type SimulatedEventBridgeOptions,
} from '#simulator/eventbridge/simulated-event-bridge.ts';
import {
  SimulatedKubernetes,
  type SimulatedKubernetesOptions,
} from '#simulator/kubernetes/simulated-kubernetes.ts';
import { createRandom, type Random } from '#simulator/random.ts';
import { SimulatedSsm, type SimulatedSsmOptions } from '#simulator/ssm/simulated-ssm.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

export interface WorldOptions {
  readonly seed?: number;
  readonly ec2?: Omit<SimulatedEc2Options, 'clock' | 'random'>;
  readonly autoScaling?: Pick<SimulatedAutoScalingOptions, 'onCall'>;
  readonly kubernetes?: Pick<SimulatedKubernetesOptions, 'onCall'>;
  readonly eventBridge?: Pick<SimulatedEventBridgeOptions, 'disturbance'>;
  readonly ssm?: Pick<SimulatedSsmOptions, 'onCall'>;
}

export interface SimulatedWorld {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly ec2: SimulatedEc2;
  readonly autoScaling: SimulatedAutoScaling;
  readonly kubernetes: SimulatedKubernetes;
  readonly eventBridge: SimulatedEventBridge;
  readonly ssm: SimulatedSsm;
}

/** AWS and Kubernetes in memory, wired as in a real account: state changes and lifecycle actions become events. */
export const createWorld = ({ seed = 1, ...options }: WorldOptions = {}): SimulatedWorld => {
  const clock = new VirtualClock();
  const random = createRandom(seed);
  const ec2 = new SimulatedEc2({ ...options.ec2, clock, random });
  const autoScaling = new SimulatedAutoScaling({ ...options.autoScaling, clock, ec2, random });
  const kubernetes = new SimulatedKubernetes({ ...options.kubernetes, clock });
  const eventBridge = new SimulatedEventBridge({ ...options.eventBridge, clock });
  const ssm = new SimulatedSsm({ ...options.ssm, clock });
  ec2.fleet.onStateChange((event) => eventBridge.putAwsEvent(event));
  autoScaling.onEvent((event) => eventBridge.putAwsEvent(event));
  ssm.onEvent((event) => eventBridge.putAwsEvent(event));
  return { clock, random, ec2, autoScaling, kubernetes, eventBridge, ssm };
};
