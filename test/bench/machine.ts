import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** What the figures were measured on: they mean little without it. */
export const describeMachine = (): string => {
  const processors = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${processors.length} × ${processors[0]?.model ?? 'unknown CPU'}, ${gigabytes} GB, Node ${process.version}`;
};

/** The most memory a process has held at once, in megabytes, as Linux counts it (`VmHWM`, proc(5)). */
export const peakMemoryMegabytes = (pid: number): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status tells no VmHWM.`);
  return Number(kilobytes) / 1024;
};
