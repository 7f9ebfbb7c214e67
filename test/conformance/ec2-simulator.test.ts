import { SimulatedEc2 } from '#simulator/ec2/simulated-ec2.ts';
import { VirtualClock } from '#simulator/virtual-clock.ts';
import { ec2Conformance } from './ec2.ts';
import type { Ec2Subject } from './ec2-subject.ts';

const PENDING_SECONDS = 5;
const HOUR_MS = 3_600_000;

const setUp = async (): Promise<Ec2Subject> => {
  const clock = new VirtualClock();
  const simulated = new SimulatedEc2({ clock, pendingSeconds: PENDING_SECONDS });
  const { api, fleet } = simulated;
  const settle = async (): Promise<void> => {
    await clock.runUntilIdle(HOUR_MS);
  };
  return {
    ec2: api,
    lab: {
      createVpc: async () => fleet.createVpc(),
      createSubnet: async ({ zone, ...subnet }) =>
        fleet.createSubnet({ ...subnet, zone: `us-east-1${zone}` }),
      reserveCidr: async (...reservation) => fleet.reserveCidr(...reservation),
      createSecurityGroup: async (group) => fleet.createSecurityGroup(group),
      runInstance: async (instance) => fleet.runInstance(instance).instanceId,
      waitUntilRunning: settle,
      async stopInstance(instanceId) {
        fleet.stopInstance(instanceId);
        await settle();
      },
      async startInstance(instanceId) {
        fleet.startInstance(instanceId);
        await settle();
      },
      async terminateInstance(instanceId) {
        fleet.terminateInstance(instanceId);
        await settle();
      },
      settle,
    },
  };
};

ec2Conformance('the simulator', setUp);
