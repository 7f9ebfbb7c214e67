import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import type { HostStatus } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { HostRows, Rows } from './api-server.ts';
import type { Machine } from './machine.ts';

/** What `agent apply --once` writes. */
export interface Applied {
  readonly code: number;
  readonly seconds: number;
  readonly steps: readonly { readonly description: string; readonly error?: string }[];
  readonly host: Readonly<Record<string, HostStatus>>;
}

export interface ApplyOptions {
  /** What the object says of the host from before. */
  readonly reported?: HostRows;
  /** Words before the command line of the agent. */
  readonly prefix?: string;
  readonly options?: string;
}

/** The network cards that QEMU has: e1000e and vmxnet3. */
const PCI_IDS = '8086:10d3,15ad:07b0,1af4:1000';

/** Survives a reboot, as the real one does: it is on the host's disk. */
const PLUGIN_CONFIG = 'plugin/config.json';

/** The command line of the built agent, as the guest's shell runs it. */
export const agentCommand = (command: string): string =>
  `node /repository/dist/agent/agent.mjs agent ${command} --pci-ids ${PCI_IDS} --plugin-config /exchange/${PLUGIN_CONFIG}`;

export const readPluginConfig = async ({ exchange }: Machine): Promise<unknown> =>
  JSON.parse(await readFile(join(exchange, PLUGIN_CONFIG), 'utf8'));

/** A run that is ended later than four times its time ends by itself before. */
const MOST_SLOWNESS = 4;

/** How much longer the guest takes for everything while this machine has more to do than it can. */
const slowness = (): number =>
  Math.min(MOST_SLOWNESS, Math.max(1, (loadavg()[0] ?? 0) / availableParallelism()));

/** Longer than the agent's patience, on a machine that is busy. */
const ONE_SHOT_SECONDS = 120;

/**
 * A one-shot run is patient for half a minute; the signal makes it end, and say what it found, sooner. In: seconds on a machine that
 * does nothing else, the start of the agent among them: one that is ended before that says nothing.
 */
export const endedAfter = (seconds: number): string =>
  `timeout --preserve-status ${Math.ceil(seconds * slowness())}`;

let documents = 0;

/** Puts a desired state where the guest finds it; resolves with its path there. */
export const putDesired = async ({ exchange }: Machine, rows: Rows, reported?: HostRows) => {
  documents += 1;
  const name = `desired-${documents}.json`;
  const state = { spec: { interfaces: rows }, ...(reported && { status: { host: reported } }) };
  await writeFile(join(exchange, name), JSON.stringify(state));
  return `/exchange/${name}`;
};

/** `agent apply --once` in the guest, with a desired state out of a file. */
export const applyOnce = async (
  machine: Machine,
  rows: Rows,
  { reported, prefix = '', options = '' }: ApplyOptions = {},
): Promise<Applied> => {
  const path = await putDesired(machine, rows, reported);
  const startedAt = performance.now();
  const { code, stdout, stderr } = await machine.run(
    `${prefix} ${agentCommand('apply --once')} --desired ${path} ${options}`,
    ONE_SHOT_SECONDS,
  );
  const seconds = (performance.now() - startedAt) / 1000;
  if (stdout === '') throw new Error(`the agent wrote no result (exit code ${code}): ${stderr}`);
  const { steps = [], host = {} } = JSON.parse(stdout) as Partial<Applied>;
  return { code, seconds, steps, host };
};

/** A program that goes on in the guest. */
export interface GuestProgram {
  readonly pid: string;
  /** The file in the guest that holds its output. */
  readonly log: string;
  output(): Promise<string>;
  /** Sends a signal, and waits until the program has ended. */
  end(signal?: 'TERM' | 'INT' | 'KILL'): Promise<void>;
}

/** After a reboot the id of a program is another one's. */
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

let programs = 0;

/** Starts a program in the guest, in a process group of its own. */
export const startProgram = async (machine: Machine, command: string): Promise<GuestProgram> => {
  programs += 1;
  const file = `program-${programs}.log`;
  const log = `/exchange/${file}`;
  const started = await machine.tell(
    `setsid ${command} > ${log} 2>&1 & echo "$! $(cat ${BOOT_ID})"`,
  );
  const [pid = '', bootId] = started.split(' ');
  return {
    pid,
    log,
    output: () => readFile(join(machine.exchange, file), 'utf8'),
    async end(signal = 'TERM') {
      await machine.tell(`
        [ "$(cat ${BOOT_ID})" = ${bootId} ] || exit 0
        kill -${signal} ${pid} 2> /dev/null
        tail --pid=${pid} -f /dev/null`);
    },
  };
};
