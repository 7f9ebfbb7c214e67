import { LABELS } from '../labels.ts';
import type { Situation } from './situation.ts';

/**
 * Who may write Nodes registers one that names an instance of ours: under any name, or under the instance's private DNS name where
 * its own Node bears another one. Sometimes the record goes meanwhile by which the two are told apart.
 */
export const falseNode: Situation = async (stage, { position, forSeconds, way }) => {
  const { kubernetes, clock, ec2, falseNodes } = stage;
  const member = stage.aliveAt(position);
  if (member === undefined || falseNodes.has(member.instanceId)) return;
  const { instanceId, zone } = member;
  const dnsName = ec2.fleet.instance(instanceId)?.privateDnsName ?? '';
  const isNamesake = way < 0.6 && member.name !== dnsName;
  const name = isNamesake ? dnsName : `a-false-${instanceId.slice(-5)}`;
  falseNodes.set(instanceId, name);
  await kubernetes.registerNode({
    name,
    providerID: `aws:///${zone}/${instanceId}`,
    labels: way % 0.2 < 0.1 ? {} : LABELS,
  });
  await clock.sleep(forSeconds * 1000);
  if (way % 0.3 < 0.1) await stage.forget(instanceId);
  await clock.sleep(forSeconds * 1000);
  await stage.deleteNode({ ...member, name });
  falseNodes.delete(instanceId);
};
