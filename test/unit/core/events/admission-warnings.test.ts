import { describe, expect, it } from 'vitest';
import { admissionWarnings, type WarnedSpec } from '#core/events/admission-warnings.ts';

const QUIET: WarnedSpec = {
  subnetIDs: ['subnet-a', 'subnet-b'],
  deviceIndex: 2,
  mtu: 9001,
  deleteOnTermination: true,
  paused: false,
};

describe('admissionWarnings', () => {
  it('says nothing of a spec that does what it says', () => {
    expect(admissionWarnings(QUIET)).toEqual([]);
    expect(
      admissionWarnings({
        ...QUIET,
        subnetIDs: ['subnet-a'],
        enableDPDK: true,
        dpdkDriver: 'vfio-pci',
        dpdkResourceName: 'intel.com/sriov_dpdk_1',
        dpdkPCIAddress: '0000:00:07.0',
      }),
    ).toEqual([]);
  });

  it.each<[string, WarnedSpec, string]>([
    ['an index the VPC CNI takes', { deviceIndex: 1 }, 'the next free index is taken'],
    [
      'a required index the VPC CNI takes',
      { deviceIndex: 1, deviceIndexPolicy: 'Require' },
      'waits until it is free',
    ],
    ['the index of the primary interface', { deviceIndex: 0 }, 'is the primary interface'],
    ['an MTU that EC2 does not carry', { mtu: 9002 }, 'mtu 9002 is more than 9001'],
    [
      'subnets by id and by name',
      { subnetID: 'subnet-a', subnetNames: ['n'] },
      'by id and by name',
    ],
    [
      'one PCI address for several subnets',
      { dpdkEnabled: true, dpdkPCIAddress: '0000:00:07.0' },
      'several subnets',
    ],
    ['a driver without DPDK', { dpdkDriver: 'vfio-pci' }, 'dpdkDriver has no effect'],
    ['a resource without DPDK', { dpdkResourceName: 'a/b' }, 'dpdkResourceName has no effect'],
    [
      'a PCI address without DPDK',
      { subnetIDs: ['subnet-a'], dpdkResourceName: 'a/b', dpdkPCIAddress: '0000:00:07.0' },
      'advertised, but not bound',
    ],
    ['an interface that outlives its node', { deleteOnTermination: false }, 'outlives its node'],
    ['a pause', { paused: true }, 'paused is true'],
  ])('warns once of %s', (_name, spec, warning) => {
    expect(admissionWarnings({ ...QUIET, ...spec })).toEqual([expect.stringContaining(warning)]);
  });

  it('does not warn of subnets that are all given by name', () => {
    const { subnetIDs: _, ...quiet } = QUIET;

    expect(admissionWarnings({ ...quiet, subnetNames: ['a', 'b'] })).toEqual([]);
  });

  it('does not call one subnet named twice several', () => {
    const spec = { subnetID: 'subnet-a', subnetIDs: ['subnet-a'], enableDPDK: true };

    expect(admissionWarnings({ ...spec, dpdkPCIAddress: '0000:00:07.0' })).toEqual([]);
  });

  it('gives every warning that applies, each of at most 120 characters', () => {
    const warnings = admissionWarnings({
      subnetID: 'subnet-a',
      subnetName: 'b',
      deviceIndex: 1,
      deviceIndexPolicy: 'Require',
      mtu: 9216,
      dpdkDriver: 'vfio-pci',
      dpdkPCIAddress: '0000:00:07.0',
      deleteOnTermination: false,
      paused: true,
    });

    expect(warnings).toHaveLength(8);
    for (const warning of warnings) expect(warning.length).toBeLessThanOrEqual(120);
  });
});
