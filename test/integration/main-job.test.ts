import { describe, expect, it } from 'vitest';
import { createScenario } from '#test/support/scenario.ts';

describe('A NodeENI', () => {
  it('gives every matching node its ENI and says so', async () => {
    const scenario = createScenario();
    const nodes = [await scenario.addNode(), await scenario.addNode()];
    await scenario.addNode({ labels: {} });

    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a, mtu: 9001 });
    await scenario.pass(60);

    expect(scenario.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(await scenario.status('data')).toMatchObject({ matchedNodes: 2, summary: '2/2' });
    for (const { instanceId } of nodes)
      expect(scenario.oursOn(instanceId)).toMatchObject([
        { subnetId: scenario.subnets.a, attachment: { deviceIndex: 2, deleteOnTermination: true } },
      ]);
    expect(scenario.mutating().length).toBe(6);
  });
});
