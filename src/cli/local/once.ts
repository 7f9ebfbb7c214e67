import type { Clock } from '#core/ports/clock.ts';
import { formatTable } from '../table.ts';
import type { Runtime } from './runtime.ts';

/** A reconcile this far off is a back-off: what can be done now is done. */
const FAR_SECONDS = 20;

const LONGEST_SECONDS = 180;
const POLL_MILLISECONDS = 50;

const settle = async (runtime: Runtime, clock: Clock): Promise<boolean> => {
  const deadline = clock.now().getTime() + LONGEST_SECONDS * 1000;
  while (runtime.idleSeconds() < FAR_SECONDS) {
    if (clock.now().getTime() > deadline) return false;
    await clock.sleep(POLL_MILLISECONDS);
  }
  return true;
};

/** One sweep and all it leads to. Prints a row for each NodeENI; out: true when each of them is Ready. */
export const runOnce = async (
  runtime: Runtime,
  clock: Clock,
  write: (text: string) => void,
): Promise<boolean> => {
  await runtime.sweep();
  const hasSettled = await settle(runtime, clock);
  const { items, invalid } = await runtime.operator.stores.nodeEnis.list();
  const rows = [...items, ...invalid].map(({ metadata, status }) => {
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    return {
      isReady: ready?.status === 'True',
      cells: [
        metadata.name,
        status?.summary ?? '',
        ready?.status ?? 'Unknown',
        ready?.reason ?? '',
        ready?.message ?? '',
      ],
    };
  });
  const header = ['name', 'interfaces', 'ready', 'reason', 'message'];
  write(
    rows.length === 0
      ? 'There is no NodeENI.\n'
      : `${formatTable([header, ...rows.map(({ cells }) => cells)])}\n`,
  );
  if (!hasSettled) write(`Not settled after ${LONGEST_SECONDS} seconds.\n`);
  return hasSettled && rows.every(({ isReady }) => isReady);
};
