import type { Situation } from './situation.ts';

/** An instance has eight places; the CNI takes those that are free. */
const PLACES = 8;

/** The CNI is first: interfaces of others fill an instance, and some of them leave later (amazon-vpc-cni-k8s#2857). */
export const cniFirst: Situation = async (stage, { position, forSeconds, way }) => {
  const { ec2, clock, trouble } = stage;
  const member = stage.aliveAt(position);
  if (member === undefined) return;
  const untilMs = clock.now().getTime() + forSeconds * 1000;
  trouble.lastsUntil(untilMs);
  const on = ec2
    .interfaces()
    .flatMap(({ attachment }) =>
      attachment?.instanceId === member.instanceId ? attachment.deviceIndex : [],
    );
  const free = Array.from({ length: PLACES }, (_, index) => index).filter(
    (index) => !on.includes(index),
  );
  const others = free.slice(0, Math.max(0, PLACES - on.length)).map((index) => {
    const eniId = ec2.byHand.create({ subnetId: stage.subnets.nodesA });
    ec2.byHand.attach(eniId, member.instanceId, index);
    return eniId;
  });
  while (clock.now().getTime() < untilMs && !trouble.isOver()) await clock.sleep(5_000);
  const staying = Math.floor(way * 3);
  for (const eniId of others.slice(staying))
    if (ec2.interfaces().some((eni) => eni.eniId === eniId)) ec2.byHand.delete(eniId);
};
