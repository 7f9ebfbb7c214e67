import { expect } from 'vitest';
import { eventually } from '#test/e2e/outcomes.ts';
import type { AgentProcess } from './agent-process.ts';
import type { Attached } from './node-host.ts';
import type { Stage } from './open-stage.ts';
import { attachmentOf, rowOf, slotOf } from './rows.ts';
import { createStage } from './stage.ts';

export const LINK = 'ens6';
export const SLOT = slotOf(2);
/** What the agent makes of the link. */
export const AS_ASKED = { name: LINK, mtu: 9001, isUp: true, altNames: ['eni-02', 'eth2'] };

export type SettledStage = Stage & { readonly agent: AgentProcess; readonly attached: Attached };

/** Waits until the link is as asked, whatever it was before. */
export const untilAsAsked = ({ host }: Pick<Stage, 'host'>): Promise<void> =>
  eventually(async () => expect(await host.link(LINK)).toEqual(AS_ASKED));

/** More than the reconciles that follow the start of the agent, for its own report among others. */
const ROUNDS = 5;

/**
 * Spoils the link and waits until it is as asked again, several times over: after the first ones only an event of the
 * link can help.
 */
export const spoilAndMend = async (
  stage: Pick<Stage, 'host'>,
  spoil: () => Promise<unknown>,
): Promise<void> => {
  for (let round = 0; round < ROUNDS; round += 1) {
    await spoil();
    await untilAsAsked(stage);
  }
};

/** A host whose one interface is as asked and reported, with the agent's options. */
export const createSettledStage = async (options?: readonly string[]): Promise<SettledStage> => {
  const stage = await createStage();
  await stage.ask({ [SLOT]: rowOf(2) });
  const agent = stage.startAgent(options && ['--instance-id', stage.instanceId, ...options]);
  const [attached] = await stage.host.attach(attachmentOf(2, LINK));
  if (attached === undefined) throw new Error('Nothing was attached.');
  await eventually(async () =>
    expect(await stage.reported()).toMatchObject({ [SLOT]: { configured: true } }),
  );
  await untilAsAsked(stage);
  return { ...stage, agent, attached };
};
