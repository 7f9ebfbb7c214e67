import { describe, expect, it } from 'vitest';
import type { Filled } from '#core/controllers/instance-interfaces/plan/match.ts';
import { roomFor, subnetsAfter } from '#core/controllers/instance-interfaces/plan/subnet-room.ts';
import type { NetworkInterface } from '#core/ports/cloud.ts';
import { aNodeEni, anEni, aSubnet } from '#test/support/builders.ts';

const aFilled = (
  slot: string,
  secondary: number,
  {
    eni,
    paused = false,
    free = 10,
  }: { eni?: NetworkInterface; paused?: boolean; free?: number } = {},
): Filled => ({
  wish: {
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
    const filled = [aFilled('a', 3), aFilled('b', 6), aFilled('c', 5), aFilled('d', 0)];

    expect([...roomFor(filled)]).toEqual([
      ['a', 10],
      ['b', 6],
      ['c', 6],
      ['d', 0],
    ]);
  });

  it('counts of an ENI that is there only what it lacks, and nothing of a paused one', () => {
    const eni = anEni({ secondaryPrivateIpAddresses: ['10.0.1.11'] });
    const filled = [
      aFilled('a', 3, { eni }),
      aFilled('b', 5, { paused: true }),
      aFilled('c', 0, { eni }),
      aFilled('d', 0),
    ];

    expect([...roomFor(filled).values()]).toEqual([10, 8, 8, 8]);
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
