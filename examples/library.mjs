import { loadNodeEni } from 'nodeeni/objects';
import { describeAction } from 'nodeeni/plan';
import { createInstallation, createWorld, silentTelemetry } from 'nodeeni/simulator';

const world = createWorld();
const { fleet } = world.ec2;
const vpcId = fleet.createVpc();
const subnetId = fleet.createSubnet({ vpcId, zone: 'eu-west-1a', cidr: '10.0.0.0/24' });
const groupId = fleet.createSecurityGroup({ vpcId, name: 'multus' });

const manifest = {
  apiVersion: 'networking.k8s.aws/v1alpha1',
  kind: 'NodeENI',
  metadata: { name: 'data' },
  spec: {
    nodeSelector: { ng: 'multi-eni' },
    subnetIDs: [subnetId],
    securityGroupIDs: [groupId],
    deviceIndex: 2,
  },
};
const loaded = loadNodeEni(manifest);
if ('faults' in loaded) throw new Error(loaded.faults.join('\n'));

const installation = createInstallation({
  world,
  clusterName: 'production',
  telemetry: silentTelemetry,
});
const { instanceId, privateDnsName } = fleet.runInstance({
  subnetId,
  instanceType: 'm5.4xlarge',
  tags: { 'kubernetes.io/cluster/production': 'owned' },
});
await world.kubernetes.registerNode({
  name: privateDnsName,
  providerID: `aws:///eu-west-1a/${instanceId}`,
  labels: { ng: 'multi-eni' },
});
await world.kubernetes.apply(manifest);

const planned = await installation.operator().plan([instanceId]);
for (const { action } of planned.get(instanceId)?.plan.slots ?? [])
  if (action) console.log(`planned: ${describeAction(action)}`);

await world.clock.advanceBy(60_000);
for (const { eniId, attachment } of world.ec2.extraInterfaces())
  console.log(`made: ${eniId}, at index ${attachment?.deviceIndex}`);
