import { SimulatedAutoScaling } from '#simulator/autoscaling/simulated-auto-scaling.ts';
import type { ServiceEvent } from '#simulator/aws-event.ts';
import { SimulatedEc2 } from '#simulator/ec2/simulated-ec2.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';
import { autoScalingConformance } from './auto-scaling.ts';
import type { AutoScalingSubject } from './auto-scaling-subject.ts';

const setUp = async (): Promise<AutoScalingSubject> => {
  const clock = new VirtualClock();
  const ec2 = new SimulatedEc2({ clock, pendingSeconds: 5 });
  const simulated = new SimulatedAutoScaling({ clock, ec2 });
  const vpcId = ec2.fleet.createVpc();
  const subnetId = ec2.fleet.createSubnet({ vpcId, zone: 'us-east-1a', cidr: '10.0.0.0/22' });
  const events: ServiceEvent[] = [];
  simulated.onEvent((event) => void events.push(event));
  return {
    autoScaling: simulated.api,
    lab: {
      createGroup: async (group) => simulated.createGroup({ ...group, subnetIds: [subnetId] }),
      setDesiredCapacity: async (name, capacity) => simulated.setDesiredCapacity(name, capacity),
      pass: (seconds) => clock.advanceBy(seconds * 1000),
      lifecycleDetails: async () => events.map(({ detail }) => ({ ...detail })),
    },
  };
};

autoScalingConformance('the simulator', setUp);
