import type { SimulatedEc2 } from '../ec2/simulated-ec2.ts';

interface Hearing {
  readonly ec2: SimulatedEc2;
  readonly onGone: (instanceId: string) => void;
}

interface StateChange {
  readonly 'instance-id': string;
  readonly state: string;
}

/** What Auto Scaling hears of its instances. Out: a function that waits until EC2 no longer says `pending`. */
export const hearInstances = ({ ec2, onGone }: Hearing) => {
  const starting = new Map<string, () => void>();
  ec2.fleet.onStateChange(({ detail }) => {
    const { 'instance-id': instanceId, state } = detail as StateChange;
    if (state === 'pending') return;
    starting.get(instanceId)?.();
    starting.delete(instanceId);
    if (state === 'terminated') onGone(instanceId);
  });

  return async (instanceId: string): Promise<void> => {
    if (ec2.fleet.instance(instanceId)?.state !== 'pending') return;
    await new Promise<void>((resolve) => {
      starting.set(instanceId, resolve);
    });
  };
};
