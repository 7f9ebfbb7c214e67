import type { Member, Stage } from '../stage.ts';
import { claim, OTHER_LABELS } from './false-node.ts';
import type { Situation } from './situation.ts';

const BOOT_SECONDS = 15;

/** By then the node has what is asked for. */
const YOUNG_SECONDS = 120;

/** What the instance's own Node asks for has been there for so long that nothing else may explain its loss. */
const STEADY_SECONDS = 700;

const SHORT_SECONDS = 120;

/** Longer than a Node may be missing before another name counts for it. */
const PATIENT_SECONDS = 720;

/** Out: a member whose kubelet is about to register; undefined when its instance ended at once. */
const join = async (stage: Stage): Promise<Member | undefined> => {
  const member = stage.addNode('a');
  await stage.clock.sleep(BOOT_SECONDS * 1000);
  const isRunning = stage.ec2.fleet.instance(member.instanceId)?.state === 'running';
  return isRunning ? member : undefined;
};

/** Stands beside the own Node for longer than that may be missing. */
const outlast = async (stage: Stage, member: Member, name: string): Promise<void> => {
  await stage.register(member);
  await stage.clock.sleep(YOUNG_SECONDS * 1000);
  await claim(stage, member, { name, labels: OTHER_LABELS }, () =>
    stage.clock.sleep(PATIENT_SECONDS * 1000),
  );
};

/** Comes when nothing else has changed for long, and then the record of the own Node's name is lost. */
const makeForget = async (stage: Stage, member: Member, name: string): Promise<void> => {
  await stage.register(member);
  await stage.clock.sleep(STEADY_SECONDS * 1000);
  await claim(stage, member, { name, labels: OTHER_LABELS }, async () => {
    await stage.clock.sleep(SHORT_SECONDS * 1000);
    await stage.forget(member.instanceId);
    await stage.clock.sleep(SHORT_SECONDS * 1000);
  });
};

/** Is there before the own Node, and waits until that is gone for a while. */
const replace = (stage: Stage, member: Member): Promise<void> => {
  const name = `a-false-${member.instanceId.slice(-5)}`;
  return claim(stage, member, { name, labels: OTHER_LABELS }, async () => {
    await stage.register(member);
    await stage.clock.sleep(STEADY_SECONDS * 1000);
    await stage.deleteNode(member);
    await stage.clock.sleep(SHORT_SECONDS * 1000);
    if (stage.isAlive(member)) await stage.register(member);
  });
};

/**
 * Somebody registers a false Node and is patient: under the private DNS name, where the own Node bears another one, longer than
 * that may be missing or until the record of the true name is lost; or under any name, until the own Node is gone for a while.
 */
export const patientNamesake: Situation = async (stage, { way }) => {
  const member = await join(stage);
  if (member === undefined) return;
  if (way < 0.33) return replace(stage, member);
  const dnsName = member.name;
  stage.rename(member, `own-${member.instanceId.slice(-5)}`);
  return way < 0.66 ? outlast(stage, member, dnsName) : makeForget(stage, member, dnsName);
};
