import { describe, expect, it } from 'vitest';
import { describeAction, type InterfaceAction } from '#core/instance/interface-action.ts';

const ENI = { slot: 'data/subnet-a', eniId: 'eni-1' } as const;
const PARAMETERS = {
  incarnation: '',
  clientToken: '',
  subnetId: 'subnet-a',
  groupIds: [],
  description: '',
  tags: {},
};

describe('describeAction', () => {
  it.each<[string, InterfaceAction]>([
    [
      'create an ENI in subnet-a for data/subnet-a',
      { type: 'create', slot: ENI.slot, parameters: PARAMETERS },
    ],
    [
      'attach eni-1 at device index 2 for data/subnet-a',
      { type: 'attach', ...ENI, deviceIndex: 2, networkCardIndex: 0 },
    ],
    [
      'set delete-on-termination of eni-1 to true',
      { type: 'set-delete-on-termination', ...ENI, attachmentId: 'a', value: true },
    ],
    [
      'set the security groups of eni-1 to sg-1, sg-2',
      { type: 'set-groups', ...ENI, groupIds: ['sg-1', 'sg-2'] },
    ],
    ['set the description of eni-1', { type: 'set-description', ...ENI, description: 'd' }],
    [
      'set the source/destination check of eni-1 to false',
      { type: 'set-source-dest-check', ...ENI, value: false },
    ],
    ['assign more addresses to eni-1', { type: 'assign-addresses', ...ENI, ipv6AddressCount: 1 }],
    [
      'set tags team, owner of eni-1',
      { type: 'set-tags', ...ENI, tags: { team: 'core', owner: 'me' } },
    ],
    ['remove tags team, owner of eni-1', { type: 'remove-tags', ...ENI, keys: ['team', 'owner'] }],
    [
      'give up eni-1, which is attached to another instance',
      { type: 'give-up', ...ENI, tags: { team: 'core' } },
    ],
    ['detach eni-1', { type: 'detach', ...ENI, attachmentId: 'a' }],
    ['delete eni-1', { type: 'delete', ...ENI }],
  ])('says "%s"', (sentence, action) => {
    const described = describeAction(action);

    expect(described).toBe(sentence);
  });
});
