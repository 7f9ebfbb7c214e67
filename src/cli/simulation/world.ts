import { SimulatedAutoScaling } from '#simulator/autoscaling/simulated-auto-scaling.ts';
import { SimulatedEc2, type SimulatedEc2Options } from '#simulator/ec2/simulated-ec2.ts';
import { SimulatedEventBridge } from '#simulator/eventbridge/simulated-event-bridge.ts';
import { SimulatedKubernetes } from '#simulator/kubernetes/simulated-kubernetes.ts';
import { createRandom, type Random } from '#simulator/random.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';

export interface WorldOptions {
  readonly seed?: number;
  readonly ec2?: Omit<SimulatedEc2Options, 'clock' | 'random'>;
  readonly kubernetesLatencyMs?: number;
}

export interface SimulatedWorld {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly ec2: SimulatedEc2;
  readonly autoScaling: SimulatedAutoScaling;
  readonly kubernetes: SimulatedKubernetes;
  readonly eventBridge: SimulatedEventBridge;
}

/** AWS and Kubernetes in memory, wired as in a real account: state changes and lifecycle actions become events. */
export const createWorld = ({
  seed = 1,
  ec2: ec2Options,
  kubernetesLatencyMs = 0,
}: WorldOptions = {}): SimulatedWorld => {
  const clock = new VirtualClock();
  const random = createRandom(seed);
  const ec2 = new SimulatedEc2({ ...ec2Options, clock, random });
  const autoScaling = new SimulatedAutoScaling({ clock, ec2, random });
  const kubernetes = new SimulatedKubernetes({ clock, latencyMs: kubernetesLatencyMs });
  const eventBridge = new SimulatedEventBridge({ clock });
  ec2.fleet.onStateChange((event) => eventBridge.putAwsEvent(event));
  autoScaling.onEvent((event) => eventBridge.putAwsEvent(event));
  return { clock, random, ec2, autoScaling, kubernetes, eventBridge };
};
