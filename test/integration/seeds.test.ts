import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import { createScenario } from '#test/support/scenario.ts';

const FOLDER = new URL('../fixtures/seed-manifests/', import.meta.url);

const manifests = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => ({ file, text: readFileSync(new URL(file, FOLDER), 'utf8') }));

interface Manifest {
  readonly metadata: { readonly name: string };
  readonly spec: Partial<NodeEniSpec>;
}

const readAll = (text: string): Manifest[] =>
  parseAllDocuments(text).map((document) => document.toJS() as Manifest);

/** A cluster that has every subnet and group the user documents name. */
const setUp = async () => {
  const scenario = createScenario();
  const { fleet } = scenario.ec2;
  const { vpcId } = scenario;
  const ids = [
    'subnet-0f59b4f14737be9ad',
    'subnet-abcdef1234567890',
    'subnet-vpc1',
    'subnet-vpc2',
    'subnet-tenant-a',
    'subnet-tenant-b',
  ];
  for (const [index, subnetId] of ids.entries())
    fleet.createSubnet({ vpcId, zone: 'us-east-1a', cidr: `10.20.${index}.0/24`, subnetId });
  const names = ['my-subnet-name', 'multus-test-subnet-1', 'multus-test-subnet-2'];
  for (const [index, name] of names.entries())
    fleet.createSubnet({ vpcId, zone: 'us-east-1a', cidr: `10.30.${index}.0/24`, name });
  for (const groupId of [
    'sg-05da196f3314d4af8',
    'sg-vpc1',
    'sg-vpc2',
    'sg-tenant-a',
    'sg-tenant-b',
  ])
    fleet.addSecurityGroup({ groupId, vpcId, name: groupId });
  fleet.createSecurityGroup({ vpcId, name: 'multus-test-sg' });
  const node = await scenario.addNode({ labels: {} });
  return { ...scenario, node };
};

const subnetCountOf = ({ subnetID, subnetIDs, subnetName, subnetNames }: Partial<NodeEniSpec>) =>
  [subnetID, ...(subnetIDs ?? []), subnetName, ...(subnetNames ?? [])].filter(Boolean).length;

const dpdkOf = ({ dpdkEnabled, dpdkDriver, dpdkResourceName }: Partial<NodeEniSpec>) =>
  dpdkEnabled === true
    ? {
        driver: dpdkDriver ?? 'vfio-pci',
        ...(dpdkResourceName && { resourceName: dpdkResourceName }),
      }
    : undefined;

describe('Manifests of the Go controller’s documents', () => {
  it('are all here', () => {
    expect(manifests.length).toBeGreaterThanOrEqual(12);
  });

  it.each(manifests)('$file does what its text says', async ({ text }) => {
    const scenario = await setUp();
    const all = readAll(text);
    await scenario.kubernetes.labelNode(scenario.node.name, { ...all[0]?.spec.nodeSelector });
    await scenario.kubernetes.apply(text);
    await scenario.pass(120);

    const enis = scenario.oursOn(scenario.node.instanceId);
    const [state] = await scenario.states();
    const records = Object.entries(state?.spec.interfaces ?? {});
    for (const { metadata, spec } of all) {
      const own = records.flatMap(([slot, record]) =>
        slot.startsWith(`${metadata.name}/`) ? [record] : [],
      );
      const asked = {
        attachment: { deleteOnTermination: spec.deleteOnTermination ?? true },
        ...(spec.description !== undefined && { description: spec.description }),
      };
      expect(await scenario.ready(metadata.name)).toMatchObject({ status: 'True' });
      expect(own).toHaveLength(subnetCountOf(spec));
      expect(own.map(({ mtu }) => mtu)).toEqual(own.map(() => spec.mtu));
      expect(own.map(({ dpdk }) => dpdk)).toEqual(own.map(() => dpdkOf(spec)));
      for (const { eniId } of own)
        expect(enis.find((eni) => eni.eniId === eniId)).toMatchObject(asked);
      expect(Math.min(...own.map(({ deviceIndex = 0 }) => deviceIndex))).toBe(spec.deviceIndex);
    }
  });

  it('that name unknown ids are reported so and end nothing', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    await scenario.applySeed('vpc1-eni.yaml', {});
    await scenario.applyNodeEni('fine', { subnetID: scenario.subnets.a });
    await scenario.pass(60);

    expect(await scenario.ready('vpc1-eni')).toMatchObject({ reason: 'SubnetNotFound' });
    expect(await scenario.ready('fine')).toMatchObject({ status: 'True' });
  });
});
