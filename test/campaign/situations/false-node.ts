import { LABELS } from '../labels.ts';
import type { Member, Stage } from '../stage.ts';
import type { Situation } from './situation.ts';

/** Who has seen the Node before it went has acted by then. */
const GONE_SECONDS = 90;

/** A Node of that name claims the instance for so long. In: what happens halfway. */
export const claim = async (
  stage: Stage,
  member: Member,
  {
    name,
    labels,
    forSeconds,
    halfway,
  }: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly forSeconds: number;
    readonly halfway?: () => Promise<void>;
  },
): Promise<void> => {
  const { kubernetes, clock, falseNodes } = stage;
  const { instanceId, zone } = member;
  if (falseNodes.has(instanceId)) return;
  falseNodes.set(instanceId, name);
  await kubernetes.registerNode({ name, providerID: `aws:///${zone}/${instanceId}`, labels });
  await clock.sleep(forSeconds * 500);
  await halfway?.();
  await clock.sleep(forSeconds * 500);
  await stage.deleteNode({ ...member, name });
  falseNodes.delete(instanceId);
};

/**
 * Who may write Nodes registers one that names an instance of ours: under any name, or under the instance's private DNS name where
 * its own Node bears another one. Sometimes the record goes meanwhile by which the two are told apart, and sometimes its own
 * Node is gone.
 */
export const falseNode: Situation = async (stage, { position, forSeconds, way }) => {
  const member = stage.aliveAt(position);
  if (member === undefined || stage.falseNodes.has(member.instanceId)) return;
  const { instanceId } = member;
  const dnsName = stage.ec2.fleet.instance(instanceId)?.privateDnsName ?? '';
  const isNamesake = way < 0.6 && member.name !== dnsName;
  const isOwnGone = way >= 0.8;
  if (isOwnGone) {
    await stage.deleteNode(member);
    await stage.clock.sleep(GONE_SECONDS * 1000);
  }
  await claim(stage, member, {
    name: isNamesake ? dnsName : `a-false-${instanceId.slice(-5)}`,
    labels: isOwnGone || way % 0.2 < 0.1 ? {} : LABELS,
    forSeconds: isOwnGone ? forSeconds : 2 * forSeconds,
    halfway: async () => {
      if (way % 0.3 < 0.1 && !isOwnGone) await stage.forget(instanceId);
    },
  });
  if (isOwnGone && stage.isAlive(member)) await stage.register(member);
};
