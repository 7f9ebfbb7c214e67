import { describe, expect, it } from 'vitest';
import type { Wire } from '#simulator/faults.ts';
import { workersGroup } from '#test/support/launch-group.ts';
import { createScenario, type Scenario } from '#test/support/scenario.ts';

/** The lines about calls that change something, by the id of the request. */
const linesAbout = ({ lines }: Scenario) =>
  lines.filter(({ message }) => ['call made', 'call refused'].includes(message));

const callsOf = ({ log }: Wire) =>
  log.mutating.map(({ action, requestId }) => `${action} ${requestId}`).toSorted();

describe('A call that changes something', () => {
  it('leaves one line: for whom it was, why, and the id of the request', async () => {
    const scenario = createScenario();
    const { instanceId } = await scenario.addNode();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);
    await scenario.deleteNodeEni('data');
    await scenario.pass(120);

    const lines = linesAbout(scenario);

    expect(lines.map(({ fields }) => `${fields.call} ${fields.requestId}`).toSorted()).toEqual(
      callsOf(scenario.ec2.wire),
    );
    expect(lines.map(({ fields }) => [fields.call, fields.why])).toEqual(
      expect.arrayContaining([
        ['CreateNetworkInterface', 'its NodeENI asks for it'],
        ['AttachNetworkInterface', 'its NodeENI asks for it'],
        ['DetachNetworkInterface', 'its NodeENI is being deleted'],
        ['DeleteNetworkInterface', 'its NodeENI is being deleted'],
      ]),
    );
    for (const { level, fields } of lines) {
      expect(level).toBe('info');
      expect(fields).toMatchObject({
        instanceId,
        nodeEni: 'data',
        slot: `data/${scenario.subnets.a}`,
        eniId: expect.stringMatching(/^eni-/),
      });
    }
  });

  it('leaves a warning with the code when it is refused', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    scenario.ec2.wire.failNext('AttachNetworkInterface', {
      code: 'UnauthorizedOperation',
      message: 'You are not authorized to perform this operation.',
    });
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);

    const refused = linesAbout(scenario).filter(({ message }) => message === 'call refused');

    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({
      level: 'warn',
      fields: {
        call: 'AttachNetworkInterface',
        code: 'UnauthorizedOperation',
        error: expect.stringContaining('You are not authorized'),
        nodeEni: 'data',
        requestId: expect.stringMatching(/^request-/),
      },
    });
  });

  it('leaves a line without an id when no answer came', async () => {
    const scenario = createScenario();
    await scenario.addNode();
    scenario.ec2.wire.failNextAfterEffect('CreateNetworkInterface');
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    await scenario.pass(60);

    const [first] = linesAbout(scenario);

    expect(first).toMatchObject({ level: 'warn', fields: { code: 'TimeoutError' } });
    expect(first?.fields.requestId).toBeUndefined();
  });

  it('leaves one line for each heartbeat and completion of a launch hook', async () => {
    const scenario = createScenario();
    await scenario.applyNodeEni('data', { subnetID: scenario.subnets.a });
    scenario.autoScaling.createGroup(workersGroup(scenario));
    scenario.autoScaling.setDesiredCapacity('workers', 1);
    await scenario.pass(60);

    const told = linesAbout(scenario).filter(({ fields }) => 'hook' in fields);

    expect(told.map(({ fields }) => `${fields.call} ${fields.requestId}`).toSorted()).toEqual(
      callsOf(scenario.autoScaling.wire),
    );
    expect(told.at(-1)?.fields).toMatchObject({
      call: 'CompleteLifecycleAction',
      group: 'workers',
      hook: 'nodeeni-launch',
      result: 'CONTINUE',
      why: 'Every interface is there.',
    });
  });
});
