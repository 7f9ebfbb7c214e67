import { describe, expect, it } from 'vitest';
import { WATCHED } from '#cli/local/watched-change.ts';
import { NODES } from '#providers/kubernetes/resources.ts';

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
