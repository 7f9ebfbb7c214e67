import { LABELS } from '../labels.ts';
import type { Member, Stage } from '../stage.ts';
import type { Situation } from './situation.ts';

/** No NodeENI selects such a node. They are not missing, as those of a Node that registered a moment ago may be. */
export const OTHER_LABELS = { ng: 'plain' };

/** A false Node claims the instance while something goes on. */
export const claim = async (
  stage: Stage,
  member: Member,
  { name, labels }: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
  meanwhile: () => Promise<void>,
): Promise<void> => {
  const { kubernetes, falseNodes } = stage;
  const { instanceId, zone } = member;
  if (falseNodes.has(instanceId)) return;
  falseNodes.set(instanceId, name);
  await kubernetes.registerNode({ name, providerID: `aws:///${zone}/${instanceId}`, labels });
  await meanwhile();
  await stage.deleteNode({ ...member, name });
  falseNodes.delete(instanceId);
};

/**
 * Who may write Nodes registers one that names an instance of ours: under any name, or under the instance's private DNS name where
 * its own Node bears another one. Sometimes the record goes meanwhile by which the two are told apart.
 */
export const falseNode: Situation = async (stage, { position, forSeconds, way }) => {
  const member = stage.aliveAt(position);
  if (member === undefined) return;
  const { instanceId } = member;
  const dnsName = stage.ec2.fleet.instance(instanceId)?.privateDnsName ?? '';
  const isNamesake = way < 0.6 && member.name !== dnsName;
  const name = isNamesake ? dnsName : `a-false-${instanceId.slice(-5)}`;
  const labels = way % 0.2 < 0.1 ? {} : LABELS;
  await claim(stage, member, { name, labels }, async () => {
    await stage.clock.sleep(forSeconds * 1000);
    if (way % 0.3 < 0.1) await stage.forget(instanceId);
    await stage.clock.sleep(forSeconds * 1000);
  });
};
