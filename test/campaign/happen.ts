import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { ignoreNotFound } from '#core/errors.ts';
import { NODE_ENI_STATES, NODE_ENIS } from '#providers/kubernetes/resources.ts';
import type { SimulatedInterface } from '#simulator/ec2/model.ts';
import type { Happening, Wanted } from './history.ts';
import { insist } from './insist.ts';
import { LABELS } from './labels.ts';
import { SITUATIONS } from './situations/all.ts';
import { GROUP, type Member, type Stage } from './stage.ts';
import { takeIndex } from './take-index.ts';

const subnetsOf = (wanted: Wanted, { subnets }: Stage): Partial<NodeEniSpec> => {
  switch (wanted.subnets) {
    case 'a':
      return { subnetID: subnets.a };
    case 'both':
      return { subnetIDs: [subnets.a, subnets.a2] };
    case 'zones':
      return { subnetIDs: [subnets.a, subnets.b] };
    default:
      return { subnetNames: ['lan-a', 'lan-b'] };
  }
};

const specOf = (wanted: Wanted, stage: Stage): object => ({
  nodeSelector: LABELS,
  // An apply merges: what an earlier one wrote and this one leaves out must go.
  subnetID: null,
  subnetIDs: null,
  subnetNames: null,
  ...subnetsOf(wanted, stage),
  securityGroupIDs: [stage.groups[wanted.groups]],
  deviceIndex: wanted.deviceIndex,
  deviceIndexPolicy: wanted.isRequired ? 'Require' : 'Prefer',
  deleteOnTermination: wanted.deleteOnTermination,
  paused: wanted.isPaused,
  mtu: wanted.mtu,
  host: wanted.isBySsm ? 'SSM' : null,
  tags: wanted.team === undefined ? null : { team: wanted.team },
  secondaryPrivateIPAddressCount: wanted.addresses,
  sourceDestCheck: wanted.sourceDestCheck ?? null,
  description: wanted.description ?? null,
});

const apply = async (name: string, wanted: Wanted, stage: Stage): Promise<void> => {
  const { kubernetes } = stage;
  const spec = specOf(wanted, stage);
  const found = await ignoreNotFound(kubernetes.get(NODE_ENIS, name));
  if (found !== undefined) {
    await kubernetes.patch(NODE_ENIS, name, { type: 'merge', body: { spec } });
    return;
  }
  const fields = Object.entries(spec).filter(([, value]) => value !== null);
  await kubernetes.apply({
    apiVersion: 'networking.k8s.aws/v1alpha1',
    kind: 'NodeENI',
    metadata: { name },
    spec: Object.fromEntries(fields),
  });
};

const forceDelete = async (name: string, { kubernetes, forced }: Stage): Promise<void> => {
  const { metadata } = await kubernetes.get(NODE_ENIS, name);
  forced.add(metadata.uid ?? '');
  const body = { metadata: { finalizers: null } };
  await kubernetes.patch(NODE_ENIS, name, { type: 'merge', body });
  await kubernetes.delete(NODE_ENIS, name);
};

const forgetAll = async (stage: Stage): Promise<void> => {
  for (const { metadata } of stage.kubernetes.stored(NODE_ENI_STATES))
    await stage.forget(metadata.name);
};

/** As `kubectl delete crd` does once the finalizers are off: every object goes, and EC2 keeps what it has. */
const wipe = async (stage: Stage): Promise<void> => {
  const { kubernetes } = stage;
  for (const { metadata } of kubernetes.stored(NODE_ENIS))
    await insist(stage.clock, () => forceDelete(metadata.name, stage));
  await forgetAll(stage);
};

const restartInstance = async (
  { instanceId }: Member,
  { ec2, clock, ssmHosts }: Stage,
): Promise<void> => {
  if (ec2.fleet.instance(instanceId)?.state !== 'running') return;
  ec2.fleet.stopInstance(instanceId);
  await clock.sleep(20_000);
  if (ec2.fleet.instance(instanceId)?.state !== 'stopped') return;
  ssmHosts.boot(instanceId);
  ec2.fleet.startInstance(instanceId);
};

const reboot = async (member: Member, seconds: number, stage: Stage): Promise<void> => {
  stage.ssmHosts.boot(member.instanceId);
  await stage.clock.sleep(seconds * 1000);
  if (stage.ec2.fleet.instance(member.instanceId)?.state === 'running')
    await insist(stage.clock, () => stage.register(member));
};

/** Takes something away, and gives it back after so many seconds. */
const takeAway = async (
  seconds: number,
  { trouble, clock }: Stage,
  setAway: (isAway: boolean) => void,
): Promise<void> => {
  trouble.lastsUntil(clock.now().getTime() + seconds * 1000);
  setAway(true);
  await clock.sleep(seconds * 1000);
  setAway(false);
};

const crash = (
  afterCalls: number,
  forSeconds: number,
  { ec2, installation, clock, trouble }: Stage,
): void => {
  const die = (): void => {
    trouble.lastsUntil(clock.now().getTime() + forSeconds * 1000);
    installation.kill();
    void clock.sleep(forSeconds * 1000).then(installation.restart);
  };
  if (afterCalls === 0) die();
  else ec2.wire.crashAfter(afterCalls, die);
};

const touchByHand = (
  happening: Extract<Happening, { readonly eni: number }>,
  eni: SimulatedInterface,
  stage: Stage,
): void => {
  const { byHand } = stage.ec2;
  const { eniId } = eni;
  stage.launches.note();
  switch (happening.kind) {
    case 'hand-detach':
      byHand.detach(eniId);
      break;
    case 'hand-delete':
      byHand.delete(eniId);
      break;
    case 'hand-groups':
      byHand.setGroups(eniId, [stage.groups.two]);
      break;
    case 'hand-flag':
      if (eni.attachment) eni.attachment.deleteOnTermination = !eni.attachment.deleteOnTermination;
      break;
    default: {
      const member = stage.aliveAt(happening.node);
      if (member !== undefined) byHand.move(eniId, member.instanceId, 7);
    }
  }
};

const happenToNode = async (
  happening: Extract<Happening, { readonly node: number }>,
  member: Member,
  stage: Stage,
): Promise<void> => {
  switch (happening.kind) {
    case 'label-node': {
      const ng = happening.isMatching ? LABELS.ng : 'plain';
      return insist(stage.clock, () => stage.kubernetes.labelNode(member.name, { ng }));
    }
    case 'forget-state':
      return stage.forget(member.instanceId);
    case 'delete-node-object':
      return stage.deleteNode(member);
    case 'register-again':
      return stage.register(member);
    case 'terminate':
      stage.ec2.fleet.terminateInstance(member.instanceId);
      await stage.clock.sleep(20_000);
      return stage.deleteNode(member);
    case 'restart-instance':
      return restartInstance(member, stage);
    case 'reboot':
      return reboot(member, happening.forSeconds, stage);
    case 'take-index':
      return takeIndex(member, happening.index, stage);
    case 'ssm-agent-away':
      return takeAway(happening.forSeconds, stage, (isAway) =>
        stage.ssmHosts.setAway(member.instanceId, isAway),
      );
    default:
      return;
  }
};

/** Lets one thing happen to the world. Resolves when it is over, which may be minutes later. */
export const happen = async (happening: Happening, stage: Stage): Promise<void> => {
  switch (happening.kind) {
    case 'apply':
      return insist(stage.clock, () => apply(happening.name, happening.wanted, stage));
    case 'delete':
      return insist(stage.clock, () => stage.kubernetes.delete(NODE_ENIS, happening.name));
    case 'force-delete':
      return insist(stage.clock, () => forceDelete(happening.name, stage));
    case 'wipe':
      return wipe(stage);
    case 'clear-out':
      await forgetAll(stage);
      return insist(stage.clock, () => stage.kubernetes.delete(NODE_ENIS, happening.name));
    case 'add-node': {
      const member = stage.addNode(happening.zone);
      if (happening.hasAgent) stage.hosts.install(member.instanceId);
      await stage.clock.sleep(15_000);
      if (stage.isAlive(member)) await stage.register(member);
      return;
    }
    case 'scale':
      stage.autoScaling.setDesiredCapacity(GROUP, happening.size);
      return;
    case 'crash':
      return crash(happening.afterCalls, happening.forSeconds, stage);
    case 'outage':
      return takeAway(happening.forSeconds, stage, (isAway) =>
        (happening.of === 'ec2' ? stage.ec2.wire : stage.kubernetes).setUnreachable(isAway),
      );
    case 'webhook-away':
      return takeAway(happening.forSeconds, stage, (isAway) =>
        stage.kubernetes.setWebhooksReachable(!isAway),
      );
    case 'calls-fail':
    case 'events-suffer':
      return stage.trouble.begin(happening);
    case 'surroundings':
      return SITUATIONS[happening.what](stage, happening);
    default: {
      if ('eni' in happening) {
        const eni = stage.eniAt(happening.eni);
        return eni && touchByHand(happening, eni, stage);
      }
      const member = stage.aliveAt(happening.node);
      return member && happenToNode(happening, member, stage);
    }
  }
};
