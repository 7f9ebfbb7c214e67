import { describe, expect, it } from 'vitest';
import { WATCHED } from '#cli/local/watched-change.ts';
import { NODE_ENI_STATES, NODES } from '#providers/kubernetes/resources.ts';

const NODE = {
  metadata: { name: 'n', uid: 'uid', labels: { ng: 'multi-eni' } },
  spec: { providerID: 'aws:///us-east-1a/i-1' },
  status: { nodeInfo: { bootID: 'boot-1' }, conditions: [{ lastHeartbeatTime: 'now' }] },
};

const essenceOf = (changes: object) =>
  WATCHED.find(({ resource }) => resource.plural === NODES.plural)?.essence({
    ...NODE,
    ...changes,
  });

describe('what matters of a watched Node', () => {
  it.each([
    { name: 'its labels', changes: { metadata: { ...NODE.metadata, labels: {} } } },
    { name: 'its instance', changes: { spec: { providerID: 'aws:///us-east-1a/i-2' } } },
    { name: 'its boot', changes: { status: { nodeInfo: { bootID: 'boot-2' } } } },
  ])('is $name', ({ changes }) => {
    expect(essenceOf(changes)).not.toEqual(essenceOf({}));
  });

  it('is no heartbeat', () => {
    const status = { ...NODE.status, conditions: [{ lastHeartbeatTime: 'later' }] };

    expect(essenceOf({ status })).toEqual(essenceOf({}));
  });
});

describe('what matters of a watched state object', () => {
  const stateOf = (status?: object) => ({
    metadata: { name: 'i-1', uid: 'uid' },
    spec: { interfaces: {} },
    ...(status && { status }),
  });
  const essence = (object?: ReturnType<typeof stateOf>) =>
    WATCHED.find(({ resource }) => resource.plural === NODE_ENI_STATES.plural)?.essence(object);

  it('is what a host reported', () => {
    const host = { 'data/subnet-1': { configured: true } };

    expect(essence(stateOf({ host }))).not.toEqual(essence(stateOf()));
  });

  it('is not that it was created or deleted, which the product does itself', () => {
    expect(essence(stateOf({ interfaces: {} }))).toEqual(essence(undefined));
  });
});
