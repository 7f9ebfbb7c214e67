import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Namespace } from './namespace.ts';

const PROGRAM = fileURLToPath(new URL('datagram-program.ts', import.meta.url));
const SENT_IN_PARTS = 'FragCreates';

/** How often the namespace had to cut a packet into fragments (/proc/net/snmp). */
const fragmentsOf = async ({ run }: Namespace): Promise<number> => {
  const lines = (await run('cat', '/proc/net/snmp')).split('\n');
  const [names = [], counts = []] = lines
    .filter((line) => line.startsWith('Ip: '))
    .map((line) => line.split(' '));
  return Number(counts[names.indexOf(SENT_IN_PARTS)]);
};

/**
 * Sends one UDP datagram to an address of the other namespace. Out: how many bytes came, and into how many fragments the
 * sender had to cut it.
 */
export const sendDatagram = async (
  from: Namespace,
  to: Namespace,
  address: string,
  bytes: number,
): Promise<{ readonly bytes: number; readonly fragments: number }> => {
  const receiver = to.start([process.execPath, PROGRAM, 'receive', address]);
  const lines = createInterface({ input: receiver.stdout });
  await once(lines, 'line');
  const before = await fragmentsOf(from);
  const arrival = once(lines, 'line');
  await from.run(process.execPath, PROGRAM, 'send', address, String(bytes));
  const [line] = (await arrival) as [string];
  return { bytes: Number(line), fragments: (await fragmentsOf(from)) - before };
};
