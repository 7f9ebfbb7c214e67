import { claim } from './false-node.ts';
import type { Situation } from './situation.ts';

const BOOT_SECONDS = 15;

/** By then the node has what is asked for. */
const YOUNG_SECONDS = 120;

/** What the instance's own Node asks for has been there for so long that nothing else may explain its loss. */
const STEADY_SECONDS = 700;

/** Longer than a Node may be missing before another name counts for it. */
const PATIENT_SECONDS = 720;

/**
 * A node has a name of its own, and somebody registers another one under the private DNS name that EC2 gives its instance: for
 * longer than a Node may be missing, or for a while in which the record of its true name is lost.
 */
export const patientNamesake: Situation = async (stage, { way }) => {
  const { clock, ec2 } = stage;
  const member = stage.addNode('a');
  const { instanceId } = member;
  const dnsName = member.name;
  stage.rename(member, `own-${instanceId.slice(-5)}`);
  await clock.sleep(BOOT_SECONDS * 1000);
  if (ec2.fleet.instance(instanceId)?.state !== 'running') return;
  await stage.register(member);
  const isForgotten = way < 0.5;
  await clock.sleep((isForgotten ? STEADY_SECONDS : YOUNG_SECONDS) * 1000);
  if (!stage.isAlive(member)) return;
  await claim(stage, member, {
    name: dnsName,
    labels: {},
    forSeconds: isForgotten ? 240 : PATIENT_SECONDS,
    halfway: async () => {
      if (isForgotten) await stage.forget(instanceId);
    },
  });
};
