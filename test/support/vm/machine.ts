import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandResult } from '#test/support/servers/run-command.ts';
import { createTemporaryFolder } from '#test/support/servers/temporary-folder.ts';
import type { SwitchPort } from './ec2-switch.ts';
import { connectGuestShell } from './guest-shell.ts';
import type { Image } from './image.ts';
import { onLine } from './lines.ts';
import { addressOf, type Hardware, placeOf, qemuCommand } from './qemu.ts';
import { connectQmp } from './qmp.ts';

/** A network interface to plug in, as EC2 attaches an ENI. */
export interface Plug {
  /** 1 for the first beside the machine's own: 0000:00:06.0, or 0000:01:00.0 on metal. */
  readonly position: number;
  readonly macAddress: string;
  readonly model?: 'e1000e' | 'vmxnet3';
  /** The port of a switch. Absent: the wire that all such interfaces of the machine are on. */
  readonly port?: SwitchPort;
}

/** "NetdevDgramOptions" (QEMU QMP reference). What the machine sends comes from `remote`, as the switch sees it. */
const netdevOf = (id: string, port: SwitchPort | undefined): object => {
  if (port === undefined) return { type: 'hubport', id, hubid: 1 };
  const at = (number: number) => ({ type: 'inet', host: '127.0.0.1', port: String(number) });
  return { type: 'dgram', id, local: at(port.remote), remote: at(port.local) };
};

/** A running guest. Every promise of it rejects when the guest ends by itself, with the end of its console. */
export interface Machine {
  readonly hardware: Hardware;
  /** A folder of this machine, `/exchange` in the guest. It outlives a reboot of the guest. */
  readonly exchange: string;
  /** Runs a script by the guest's bash, whatever its exit code. Rejects when it takes longer than the limit. */
  run(script: string, timeoutSeconds?: number): Promise<CommandResult>;
  /** The same for what has to work; the output without the last line's end. */
  tell(script: string, timeoutSeconds?: number): Promise<string>;
  plug(plug: Plug): Promise<string>;
  /** Begins a detachment; the promise inside resolves when the guest has let go of the device. */
  beginUnplug(position: number): Promise<{ readonly done: Promise<void> }>;
  unplug(position: number): Promise<void>;
  /** Everything in the guest but `/exchange` is as new after it. */
  reboot(): Promise<void>;
  stop(): Promise<void>;
}

const BOOT_SECONDS = 150;
const COMMAND_SECONDS = 60;
const CONSOLE_LINES = 30;

const within = async <T>(work: Promise<T>, seconds: number, what: string): Promise<T> => {
  const ending = new AbortController();
  const late = sleep(seconds * 1000, undefined, { signal: ending.signal }).then(() => {
    throw new Error(`${what} did not end within ${seconds} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    ending.abort();
    late.catch(() => undefined);
  }
};

/** Boots a machine and waits for its shell: some 5 s. */
export const startMachine = async (image: Image, hardware: Hardware): Promise<Machine> => {
  const folder = createTemporaryFolder('vm');
  const exchange = join(folder.path, 'exchange');
  await mkdir(exchange);
  const [command = '', ...args] = qemuCommand({ image, hardware, folder: folder.path, exchange });
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, QEMU_MODULE_DIR: join(image.tree, 'usr/lib/x86_64-linux-gnu/qemu') },
  });
  const killNow = (): void => {
    child.kill('SIGKILL');
  };
  process.prependOnceListener('exit', killNow);

  const said: string[] = [];
  const hear = (line: string): void => {
    said.push(line);
    if (said.length > CONSOLE_LINES) said.shift();
  };
  onLine(child.stdout, hear);
  onLine(child.stderr, hear);
  const ended = new Promise<never>((_, reject) => {
    const tell = (why: string) => reject(new Error(`${why}:\n${said.join('\n')}`));
    child.once('error', (error) => tell(error.message));
    child.once('close', (code, signal) => tell(`QEMU ended with ${code ?? signal}`));
  });
  ended.catch(() => undefined);
  const alive = <T>(work: Promise<T>): Promise<T> => Promise.race([work, ended]);

  const qmp = await alive(connectQmp(join(folder.path, 'qmp')));
  const shell = await alive(connectGuestShell(join(folder.path, 'control'), exchange));
  const untilReady = async (): Promise<void> => {
    try {
      await alive(within(shell.untilReady(), BOOT_SECONDS, 'the boot'));
    } catch (error) {
      throw new Error(`the guest did not come up:\n${said.join('\n')}`, { cause: error });
    }
  };
  await untilReady();

  const run = (script: string, timeoutSeconds = COMMAND_SECONDS): Promise<CommandResult> =>
    alive(within(shell.run(script), timeoutSeconds, script));
  const beginUnplug = async (position: number) => {
    const gone = qmp.next('DEVICE_DELETED', ({ device }) => device === `nic${position}`);
    await alive(qmp.execute('device_del', { id: `nic${position}` }));
    const done = gone.then(async () => {
      await qmp.execute('netdev_del', { id: `net${position}` });
    });
    return { done: alive(done) };
  };

  return {
    hardware,
    exchange,
    run,
    async tell(script, timeoutSeconds) {
      const { code, stdout, stderr } = await run(script, timeoutSeconds);
      if (code !== 0) throw new Error(`${script}: exit code ${code}\n${stderr}`);
      return stdout.trimEnd();
    },
    async plug({ position, macAddress, model = 'e1000e', port }) {
      await alive(qmp.execute('netdev_add', netdevOf(`net${position}`, port)));
      await alive(
        qmp.execute('device_add', {
          driver: model,
          id: `nic${position}`,
          netdev: `net${position}`,
          mac: macAddress,
          romfile: '',
          ...placeOf(hardware.kind, position),
        }),
      );
      return addressOf(hardware.kind, position);
    },
    beginUnplug,
    async unplug(position) {
      const { done } = await beginUnplug(position);
      await within(done, COMMAND_SECONDS, `unplugging ${position}`);
    },
    async reboot() {
      await run('(sleep 0.2; busybox reboot -f) > /dev/null 2>&1 &');
      await untilReady();
    },
    async stop() {
      process.off('exit', killNow);
      qmp.close();
      shell.close();
      killNow();
      await ended.catch(() => undefined);
      await folder.remove();
    },
  };
};
