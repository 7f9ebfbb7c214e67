import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { Ec2Api } from '#providers/ec2/ec2-api.ts';
import { createNetworkInterfaceProvider } from '#providers/ec2/network-interface-provider.ts';
import { SimulatedEc2 } from '#simulator/ec2/simulated-ec2.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';
import { recordingTelemetry } from '#test/support/telemetry.ts';

const OURS = { [TAGS.cluster]: 'prod', [TAGS.clusterUid]: 'cluster-uid' };

/** The provider of the cluster `prod` over a simulated EC2, with a budget that only remembers what it was asked. */
export const setUp = (answers: Partial<Ec2Api> = {}) => {
  const clock = new VirtualClock();
  const ec2 = new SimulatedEc2({ clock, attachSeconds: 0, detachSeconds: 0 });
  const vpcId = ec2.fleet.createVpc();
  const subnetId = ec2.fleet.createSubnet({ vpcId, zone: 'us-east-1a', cidr: '10.0.0.0/16' });
  const taken: string[] = [];
  const throttled: string[] = [];
  const refusals: Error[] = [];
  const { telemetry, lines } = recordingTelemetry();
  const provider = createNetworkInterfaceProvider({
    ec2: { ...ec2.api, ...answers },
    clock,
    clusterName: 'prod',
    clusterUid: async () => 'cluster-uid',
    budget: {
      async take(action) {
        taken.push(action);
        const refusal = refusals.shift();
        if (refusal !== undefined) throw refusal;
      },
      noteThrottled: (action) => throttled.push(action),
      pendingSeconds: () => 0,
    },
    logger: telemetry.logger,
  });
  /** An ENI with these tags and no other. Nobody looks at its address, so it may lie in no subnet. */
  const addForeign = (tags: Readonly<Record<string, string>>) =>
    ec2.byHand.create({ subnetId: 'subnet-gone', tags });
  return {
    clock,
    ec2,
    vpcId,
    subnetId,
    provider,
    lines,
    taken,
    throttled,
    refusals,
    addForeign,
    /** One with our tags, these instead of some. */
    addEni: (tags: Readonly<Record<string, string>> = {}) => addForeign({ ...OURS, ...tags }),
    /** What EC2 was asked so far. */
    inputs: () => ec2.wire.log.calls.map(({ input }) => input),
  };
};
