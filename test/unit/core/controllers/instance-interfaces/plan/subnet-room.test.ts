import { describe, expect, it } from 'vitest';
import type { MatchedInterface } from '#core/controllers/instance-interfaces/plan/match.ts';
import { roomFor, subnetsAfter } from '#core/controllers/instance-interfaces/plan/subnet-room.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import { aNodeEni, anEni, aSubnet } from '#test/support/builders.ts';

const aMatchedInterface = (
  slot: string,
  secondary: number,
  {
    eni,
    paused = false,
    free = 10,
  }: { eni?: NetworkInterface; paused?: boolean; free?: number } = {},
): MatchedInterface => ({
  desired: {
    slot,
    nodeEni: aNodeEni({ secondaryPrivateIPAddressCount: secondary, paused }),
    subnet: aSubnet({ availableAddresses: free }),
    groupIds: [],
    askedIndex: 2,
    isByCommand: false,
  },
  eni,
  record: undefined,
});

describe('roomFor', () => {
  it('counts what the slots before take, but not of one that does not fit', () => {
    const matched = [
      aMatchedInterface('a', 3),
      aMatchedInterface('b', 6),
      aMatchedInterface('c', 5),
      aMatchedInterface('d', 0),
    ];

    expect([...roomFor(matched)]).toEqual([
      ['a', 10],
      ['b', 6],
      ['c', 6],
      ['d', 0],
    ]);
  });

  it('counts of an ENI that is there only what it lacks, and nothing of a paused one', () => {
    const eni = anEni({ secondaryPrivateIpAddresses: ['10.0.1.11'] });
    const matched = [
      aMatchedInterface('a', 3, { eni }),
      aMatchedInterface('b', 5, { paused: true }),
      aMatchedInterface('c', 0, { eni }),
      aMatchedInterface('d', 0),
    ];

    expect([...roomFor(matched).values()]).toEqual([10, 8, 8, 8]);
  });
});

describe('subnetsAfter', () => {
  const parameters = { subnetId: 'subnet-a', secondaryPrivateIpAddressCount: 2 } as never;
  const create = {
    action: { type: 'create', slot: 'a', parameters },
    subnetId: 'subnet-a',
  } as const;
  const assign = {
    action: {
      type: 'assign-addresses',
      slot: 'a',
      eniId: 'eni-1',
      secondaryPrivateIpAddressCount: 4,
    },
    subnetId: 'subnet-a',
  } as const;

  it('takes the addresses of each call from its subnet and from no other', () => {
    const subnets = [aSubnet(), aSubnet({ subnetId: 'subnet-b' })];

    const free = subnetsAfter(subnets, [create, assign]).map(
      ({ availableAddresses }) => availableAddresses,
    );

    expect(free).toEqual([193, 200]);
  });

  it('takes none from an IPv6-only subnet', () => {
    const { cidr: _, ...only } = aSubnet({ availableAddresses: 0 });

    expect(subnetsAfter([only], [create])).toEqual([only]);
  });
});
