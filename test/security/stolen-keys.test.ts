import { expect, it } from 'vitest';
import { createScenario } from '#test/support/scenario.ts';

it('The functions never ask for an address that another interface may have', async () => {
  const scenario = createScenario();
  await scenario.addNode();
  await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
  await scenario.pass(120);

  await scenario.applyNodeEni('data', {
    subnetID: scenario.subnets.a,
    secondaryPrivateIPAddressCount: 3,
  });
  await scenario.pass(120);

  const asked = scenario.ec2.wire.log.calls.filter(
    ({ action }) => action === 'AssignPrivateIpAddresses',
  );
  expect(asked.map(({ input }) => Object.keys(input as object).toSorted())).toEqual([
    ['NetworkInterfaceId', 'SecondaryPrivateIpAddressCount'],
  ]);
  expect(await scenario.ready('data')).toMatchObject({ status: 'True' });
});
