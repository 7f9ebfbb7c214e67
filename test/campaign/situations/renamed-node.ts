import type { Situation } from './situation.ts';

/** A Node is gone for a while and registers again, under a name of its own that is no DNS name of EC2. */
export const renamedNode: Situation = async (stage, { position, forSeconds, way }) => {
  const member = stage.aliveAt(position);
  if (member === undefined) return;
  await stage.deleteNode(member);
  await stage.clock.sleep(way < 0.3 ? 0 : forSeconds * 1000);
  if (!stage.isAlive(member)) return;
  // It may have registered for the first time meanwhile: a kubelet has one name at a time.
  await stage.deleteNode(member);
  stage.rename(member, `worker-${member.instanceId.slice(-5)}`);
  await stage.register(member);
};

/** A node joins under a name that nothing of EC2 tells: kubeadm, kops, hostname overrides. */
export const namedNode: Situation = async (stage, { way }) => {
  const member = stage.addNode(way < 0.7 ? 'a' : 'b');
  stage.rename(member, `node-${member.instanceId.slice(-5)}`);
  await stage.clock.sleep(15_000 + way * 20_000);
  if (stage.isAlive(member)) await stage.register(member);
};
