import { ignoreNotFound } from '#core/errors.ts';
import { NAMESPACES, NETWORK_ATTACHMENTS, NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { insist } from '../insist.ts';
import { NETWORK_NAME, NETWORK_NODE_ENI, RESOURCE_NAME } from '../network-watch.ts';
import { applyBeside } from './apply.ts';
import type { Situation } from './situation.ts';

/** Long enough for the slowest attachment and for some pods. */
const LEAST_SECONDS = 120;

/** A team has a network for its pods for a while, in two namespaces, in one of which somebody may have the name already. */
export const podNetwork: Situation = async (stage, { forSeconds, way }) => {
  const { kubernetes, clock, groups, subnets, hosts, networks, trouble } = stage;
  if (kubernetes.stored(NODE_ENIS).some(({ metadata }) => metadata.name === NETWORK_NODE_ENI))
    return;
  for (const member of stage.members) if (stage.isAlive(member)) hosts.install(member.instanceId);
  const person = kubernetes.as('somebody');
  for (const name of ['core', 'edge'])
    await ignoreNotFound(person.create(NAMESPACES, { metadata: { name } })).catch(() => undefined);
  if (way < 0.5) {
    const theirs = { metadata: { namespace: 'edge', name: NETWORK_NAME }, spec: { config: '{}' } };
    const made = await person.create(NETWORK_ATTACHMENTS, theirs).catch(() => undefined);
    if (made !== undefined) networks.noteForeign(`edge/${NETWORK_NAME}`, made);
  }
  const spec = {
    ...{ subnetID: subnets.a2, securityGroupIDs: [groups.one], deviceIndex: 3, ipv4PrefixCount: 1 },
    podNetwork: {
      ...{ name: NETWORK_NAME, namespaces: ['core', 'edge'], resourceName: RESOURCE_NAME },
      ...({ type: 'ipvlan', mode: 'l2', spare: 4 } as const),
    },
  };
  await applyBeside(NETWORK_NODE_ENI, spec, stage);
  const endMs = clock.now().getTime() + Math.max(LEAST_SECONDS, forSeconds) * 1000;
  while (clock.now().getTime() < endMs && !trouble.isOver()) await clock.sleep(5_000);
  await insist(clock, () => kubernetes.delete(NODE_ENIS, NETWORK_NODE_ENI));
};
