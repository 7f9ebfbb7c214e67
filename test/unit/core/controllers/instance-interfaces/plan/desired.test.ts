import { describe, expect, it } from 'vitest';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { desiredInterfacesFor } from '#core/controllers/instance-interfaces/plan/desired.ts';
import type { Observed } from '#core/instance/observed.ts';
import {
  aGroup,
  aNodeEni,
  anInstance,
  anObservation,
  aSubnet,
  without,
} from '#test/support/builders.ts';

const desiredInterfaces = (observed: Partial<Observed> = {}) =>
  desiredInterfacesFor(anObservation(observed));

const desiredOf = (spec: Partial<NodeEniSpec>, observed: Partial<Observed> = {}) =>
  desiredInterfaces({ nodeEnis: [aNodeEni({ subnetID: undefined, ...spec })], ...observed });

const SUBNETS = [
  aSubnet(),
  aSubnet({ subnetId: 'subnet-b', tags: { Name: 'lan' } }),
  aSubnet({ subnetId: 'subnet-far', zone: 'us-east-1b' }),
];

describe('desiredInterfacesFor, for what a NodeENI asks', () => {
  it('is one interface for each of its subnets, at indexes that count up', () => {
    const nodeEni = aNodeEni({ subnetID: undefined, subnetIDs: ['subnet-a', 'subnet-b'] });
    const common = { nodeEni, groupIds: ['sg-1'], isByCommand: false };

    expect(desiredInterfaces({ nodeEnis: [nodeEni], subnets: SUBNETS })).toEqual({
      wanted: [
        { ...common, slot: 'data/subnet-a', subnet: SUBNETS[0], askedIndex: 2 },
        { ...common, slot: 'data/subnet-b', subnet: SUBNETS[1], askedIndex: 3 },
      ],
      refused: [],
      held: new Set(),
      unaccepted: [],
      areLabelsKnown: true,
    });
  });

  it('names the slot by the id of a subnet that the spec names by its tag', () => {
    const { wanted } = desiredOf({ subnetName: 'lan' }, { subnets: SUBNETS });

    expect(wanted.map(({ slot }) => slot)).toEqual(['data/subnet-b']);
  });

  it('skips a subnet of another zone, and no index for it', () => {
    const spec = { subnetIDs: ['subnet-far', 'subnet-a'] };

    const { wanted, refused, held } = desiredOf(spec, { subnets: SUBNETS });

    expect(wanted).toMatchObject([{ slot: 'data/subnet-a', askedIndex: 2 }]);
    expect(refused).toEqual([
      {
        slot: 'data/subnet-far',
        nodeEni: expect.objectContaining({ spec: expect.objectContaining(spec) }),
        phase: 'Skipped',
        reason: 'OtherZone',
        message:
          'subnet-far lies in us-east-1b, the node in us-east-1a; an ENI cannot leave its zone.',
      },
    ]);
    expect(held.size).toBe(0);
  });

  it('tells all zones of a subnet name that none of them is near', () => {
    const subnets = ['b', 'c'].map((letter) =>
      aSubnet({ subnetId: letter, zone: `us-east-1${letter}`, tags: { Name: 'far' } }),
    );

    const [refusal] = desiredOf({ subnetName: 'far' }, { subnets }).refused;

    expect(refusal?.message).toContain('far lies in us-east-1b, us-east-1c, the node');
  });

  it('refuses a subnet that nobody finds, and holds what the NodeENI has', () => {
    const spec = { subnetIDs: ['subnet-x', 'subnet-a'] };

    const { wanted, refused, held } = desiredOf(spec, { subnets: SUBNETS });

    expect(wanted).toMatchObject([{ slot: 'data/subnet-a', askedIndex: 2 }]);
    expect(refused).toMatchObject([
      { slot: 'data/subnet-x', phase: 'Failed', reason: 'SubnetNotFound' },
    ]);
    expect(held).toEqual(new Set(['data']));
  });

  it('refuses each subnet by itself when a group cannot be found for it', () => {
    const subnets = [aSubnet(), aSubnet({ subnetId: 'subnet-b', vpcId: 'vpc-2' })];
    const spec = { subnetIDs: ['subnet-b', 'subnet-a'] };

    const { wanted, refused, held } = desiredOf(spec, { subnets, securityGroups: [aGroup()] });

    expect(wanted).toMatchObject([{ slot: 'data/subnet-a', askedIndex: 3 }]);
    expect(refused).toMatchObject([
      {
        slot: 'data/subnet-b',
        nodeEni: { metadata: { name: 'data' } },
        phase: 'Failed',
        reason: 'InvalidSecurityGroups',
      },
    ]);
    expect(held).toEqual(new Set(['data']));
  });

  it.each([
    { host: 'SSM', usual: undefined, isByCommand: true },
    { host: 'SSM', usual: { isUsual: false }, isByCommand: true },
    { host: 'Agent', usual: { isUsual: true }, isByCommand: false },
    { host: undefined, usual: { isUsual: true }, isByCommand: true },
    { host: undefined, usual: { isUsual: false }, isByCommand: false },
    { host: undefined, usual: undefined, isByCommand: false },
  ] as const)('is set up by command: $isByCommand for host $host and $usual', (given) => {
    const { host, usual, isByCommand } = given;

    const { wanted } = desiredOf(
      { subnetID: 'subnet-a', ...(host && { host }) },
      usual === undefined ? {} : { runCommand: usual },
    );

    expect(wanted).toMatchObject([{ isByCommand }]);
  });

  it('is nothing on an instance that EC2 does not know', () => {
    const { wanted, refused } = desiredInterfacesFor(without(anObservation(), 'instance'));

    expect([...wanted, ...refused]).toEqual([]);
  });

  it('is what the instance asks for, not what another VPC offers under the same name', () => {
    const subnets = [aSubnet({ tags: { Name: 'lan' }, vpcId: 'vpc-2' })];

    const { refused } = desiredOf(
      { subnetName: 'lan' },
      { subnets, instance: anInstance({ vpcId: 'vpc-1' }) },
    );

    expect(refused).toMatchObject([{ slot: 'data/lan', reason: 'SubnetNotFound' }]);
  });
});
