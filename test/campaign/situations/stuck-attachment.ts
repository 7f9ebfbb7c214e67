import type { Situation } from './situation.ts';

/** An attachment or a detachment hangs (aws/amazon-ecs-agent#1520), and comes to its end when nobody expects it. */
export const stuckAttachment: Situation = async (stage, { position, forSeconds, way }) => {
  const { ec2, trouble, clock } = stage;
  const eni = stage.eniAt(position);
  const attachment = eni?.attachment;
  if (eni === undefined || attachment === undefined) return;
  const status = way < 0.5 ? 'attaching' : 'detaching';
  const untilMs = clock.now().getTime() + 3 * forSeconds * 1000;
  trouble.lastsUntil(untilMs);
  stage.launches.note();
  ec2.byHand.setAttachmentStatus(eni.eniId, status);
  while (clock.now().getTime() < untilMs && !trouble.isOver()) await clock.sleep(5_000);
  if (eni.attachment !== attachment || attachment.status !== status) return;
  if (status === 'detaching') eni.attachment = undefined;
  else attachment.status = 'attached';
};
