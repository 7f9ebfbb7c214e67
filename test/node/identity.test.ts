import { describe, expect, it } from 'vitest';
import { nodeNamed } from '#test/e2e/installed-cluster.ts';
import { NODES_PATH } from '#test/e2e/kube-client.ts';
import { eventually } from '#test/e2e/outcomes.ts';
import { startMetadataService } from '#test/support/node/metadata-service.ts';
import { attachmentOf, rowOf } from '#test/support/node/rows.ts';
import { LINK, SLOT, untilAsAsked } from '#test/support/node/settled-stage.ts';
import { createStage } from '#test/support/node/stage.ts';

describe('whose host this is', () => {
  it('is read from version 2 of the instance metadata service', async () => {
    const stage = await createStage();
    await stage.ask({ [SLOT]: rowOf(2) });
    await stage.host.attach(attachmentOf(2, LINK));
    const service = await startMetadataService(stage.host.namespace, stage.instanceId);

    stage.startAgent([]);

    await untilAsAsked(stage);
    expect(service.calls()).toEqual([
      '200 PUT /latest/api/token',
      '200 GET /latest/meta-data/instance-id',
    ]);
  });

  it('is read from the Node, and the instance is not asked', async () => {
    const stage = await createStage();
    const { client, instanceId } = stage;
    await client.call('POST', NODES_PATH, nodeNamed(instanceId, instanceId));
    await stage.ask({ [SLOT]: rowOf(2) });
    await stage.host.attach(attachmentOf(2, LINK));
    const service = await startMetadataService(stage.host.namespace, 'i-0000000000000bad');

    stage.startAgent(['--node-name', instanceId]);

    await untilAsAsked(stage);
    await client.call('DELETE', `${NODES_PATH}/${instanceId}`);
    expect(service.calls()).toEqual([]);
  });

  it('ends the agent with a sentence when nobody knows', async () => {
    const { startAgent } = await createStage();

    const agent = startAgent([]);

    await eventually(async () => expect(agent.exitCode()).toBe(1));
    expect(agent.output()).toContain('give --instance-id or --node-name');
  });
});
