import type { Member, Stage } from './stage.ts';

/** Somebody attaches an interface of theirs at a device index, unless it is taken. */
export const takeIndex = ({ instanceId }: Member, index: number, { ec2, subnets }: Stage): void => {
  const isTaken = ec2
    .interfaces()
    .some(
      ({ attachment }) => attachment?.instanceId === instanceId && attachment.deviceIndex === index,
    );
  if (isTaken) return;
  ec2.byHand.attach(ec2.byHand.create({ subnetId: subnets.a }), instanceId, index);
};
