import { chmodSync, writeFileSync } from 'node:fs';
import { eventually } from '#test/e2e/outcomes.ts';
import type { AgentProcess } from './agent-process.ts';
import type { Namespace } from './namespace.ts';

const MONITOR = 'ip -o monitor link';
const OVERRUN = 'netlink receive error No buffer space available (105)';

/** Process id of the agent's monitor, once there is one that is not the given one. */
export const untilMonitored = (agent: AgentProcess, notPid?: number): Promise<number> =>
  eventually(async () => {
    const pid = agent.children().get(MONITOR);
    if (pid === undefined || pid === notPid) throw new Error('There is no new monitor.');
    return pid;
  });

/** How many events the kernel could not deliver to a process (/proc/net/netlink). */
export const lostEventsOf = async ({ run }: Namespace, pid: number): Promise<number> => {
  const [head = '', ...lines] = (await run('cat', '/proc/net/netlink')).split('\n');
  const fieldsOf = (line: string) => line.trim().split(/\s+/);
  const [at, drops] = [fieldsOf(head).indexOf('Pid'), fieldsOf(head).indexOf('Drops')];
  return lines
    .map(fieldsOf)
    .filter((fields) => fields[at] === String(pid))
    .reduce((sum, fields) => sum + Number(fields[drops]), 0);
};

/**
 * Writes a program that runs whatever it is given, save the monitor: in its place is one that says nothing at all, but
 * that it lost events, each time the file `lost` is there. It takes the file away.
 */
export const writeDeafHost = (program: string, lost: string): void => {
  writeFileSync(
    program,
    `#!/bin/sh
[ "$*" = "${MONITOR}" ] || exec "$@"
while sleep 0.05; do
  rm "${lost}" 2> /dev/null && echo "${OVERRUN}" >&2
done
`,
  );
  chmodSync(program, 0o755);
};
