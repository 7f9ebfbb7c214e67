import { describe, expect, it, onTestFinished } from 'vitest';
import { macAddressOf, rowOf, slotOf } from '#test/support/node/rows.ts';
import { agentCommand, applyOnce, putDesired } from '#test/support/vm/guest-agent.ts';
import { lookAtDevice } from '#test/support/vm/look.ts';
import { useMachine } from '#test/support/vm/use-machine.ts';

const NUMBER = 6;
const SLOT = slotOf(NUMBER);
const ADDRESS = '0000:01:00.0';
const ROWS = { [SLOT]: rowOf(NUMBER, { dpdk: { driver: 'vfio-pci' } }) };

describe('an agent that is interrupted while it binds', () => {
  const machine = useMachine({ kind: 'metal', vfio: 'stock' });

  const attach = async (): Promise<void> => {
    await machine().plug({ position: 1, macAddress: macAddressOf(NUMBER) });
    onTestFinished(() => machine().unplug(1));
    await machine().tell(`until [ -e /sys/bus/pci/devices/${ADDRESS}/net ]; do sleep 0.1; done`);
  };

  /** Sends the signal as soon as the device is unbound; resolves with the agent's exit code. */
  const interrupt = async (target: 'agent' | 'group', signal: 'TERM' | 'KILL'): Promise<number> => {
    const desired = await putDesired(machine(), ROWS);
    const { code } = await machine().run(`
      setsid ${agentCommand('apply --once')} --desired ${desired} > /dev/null 2>&1 &
      agent=$!
      while [ -e /sys/bus/pci/devices/${ADDRESS}/driver ]; do :; done
      kill -${signal} -- ${target === 'group' ? '-' : ''}$agent
      wait $agent`);
    return code;
  };

  it('ends the step that it has begun when it is asked to end', async () => {
    await attach();

    const code = await interrupt('agent', 'TERM');

    expect(code).toBeLessThan(128);
    expect(await lookAtDevice(machine(), ADDRESS)).toMatchObject({ driver: 'vfio-pci' });
  });

  it('leaves the device with a driver when its own children are asked to end as well', async () => {
    await attach();

    const code = await interrupt('group', 'TERM');

    const { driver } = await lookAtDevice(machine(), ADDRESS);
    expect(code).toBeLessThan(128);
    expect(['e1000e', 'vfio-pci']).toContain(driver);
  });

  it('binds at the next run a device that a killed run left without a driver', async () => {
    await attach();
    await interrupt('group', 'KILL');
    const left = await lookAtDevice(machine(), ADDRESS);

    const { host } = await applyOnce(machine(), ROWS);

    expect(left.driver).toBe('');
    expect(host[SLOT]).toMatchObject({ configured: true, driver: 'vfio-pci' });
  });
});
