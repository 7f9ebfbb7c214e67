import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NODE_ENVIRONMENT, NODE_FLAGS } from './daemon-set.ts';
import type { Namespace } from './namespace.ts';

const BUNDLE = fileURLToPath(new URL('../../../dist/agent/agent.mjs', import.meta.url));

/** The built agent, running. */
export type AgentProcess = {
  readonly pid: number;
  /** Everything it has said, for the message of a failed test. */
  readonly output: () => string;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Its exit code; undefined while it runs. */
  readonly exitCode: () => number | undefined;
  /** Process ids of the programs it runs, by their command lines. */
  readonly children: () => ReadonlyMap<string, number>;
};

const readProc = (path: string): string => {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    // The process has ended in the meantime.
    return '';
  }
};

const childrenOf = (pid: number): ReadonlyMap<string, number> =>
  new Map(
    readProc(`${pid}/task/${pid}/children`)
      .split(' ')
      .filter((child) => child !== '')
      .map((child) => [readProc(`${child}/cmdline`).replaceAll('\0', ' ').trim(), Number(child)]),
  );

/** Starts `agent run` in the namespace, as a file of its own: Node as in the manifests, the agent with the given options. */
export const startAgentProcess = (
  namespace: Namespace,
  options: readonly string[],
): AgentProcess => {
  const child = namespace.start(
    [process.execPath, ...NODE_FLAGS, BUNDLE, 'agent', 'run', ...options],
    NODE_ENVIRONMENT,
  );
  const { pid } = child;
  if (pid === undefined) throw new Error('The agent could not be started.');
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  return {
    pid,
    output: () => output,
    signal: (name) => child.kill(name),
    exitCode: () => child.exitCode ?? undefined,
    children: () => childrenOf(pid),
  };
};
