import { expect, vi } from 'vitest';
import type { Attachment, Condition, NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { NODE_ENIS_PATH, STATES_PATH } from './kube-client.ts';
import type { Scene } from './scene.ts';

export const remove = async ({ client }: Scene, name = 'data'): Promise<void> => {
  await client.call('DELETE', `${NODE_ENIS_PATH}/${name}`);
};

export const conditionOf = (nodeEni: NodeEni | undefined, type = 'Ready'): Condition | undefined =>
  nodeEni?.status?.conditions?.find((condition) => condition.type === type);

export const attachmentsOf = (nodeEni: NodeEni | undefined): readonly Attachment[] =>
  nodeEni?.status?.attachments ?? [];

const soon = { timeout: 60_000, interval: 50 };

/** Tries an assertion until it holds; after a minute, for a busy machine, its own failure is the test's. */
export const eventually = <T>(assertion: () => Promise<T>): Promise<T> =>
  vi.waitFor(assertion, soon);

/** Waits until the NodeENI says that so many interfaces, and no others, are ready. Out: the object. */
export const untilReady = ({ client }: Scene, count: number, name = 'data'): Promise<NodeEni> =>
  eventually(async () => {
    const nodeEni = await client.nodeEni(name);
    if (nodeEni === undefined) throw new Error(`There is no NodeENI ${name}.`);
    expect(nodeEni.status?.summary).toBe(`${count}/${count}`);
    expect(conditionOf(nodeEni)).toMatchObject({ status: 'True', reason: 'AllInterfacesReady' });
    return nodeEni;
  });

export const untilGone = ({ client }: Scene, name = 'data'): Promise<void> =>
  eventually(async () => expect(await client.nodeEni(name)).toBeUndefined());

/**
 * Makes every recorded interface ten minutes old. EC2 may hide a new interface for two minutes, and
 * until then one that is not to be seen counts as not visible yet rather than as deleted.
 */
export const ageRecords = async ({ client }: Scene): Promise<void> => {
  const longAgo = new Date(Date.now() - 600_000).toISOString();
  const made = { create: { incarnation: longAgo }, createTriedAt: longAgo };
  for (const { metadata, spec } of await client.states()) {
    const interfaces = Object.fromEntries(
      Object.keys(spec.interfaces ?? {}).map((slot) => [slot, made]),
    );
    await client.call('PATCH', `${STATES_PATH}/${metadata.name}`, { spec: { interfaces } });
  }
};
