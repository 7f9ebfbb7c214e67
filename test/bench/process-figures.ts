import { readFileSync } from 'node:fs';

export type MemoryFigures = {
  /** `VmRSS`: what the kernel counts towards the process, pages shared with others in full. */
  readonly residentMegabytes: number;
  /** `Pss`: the same with shared pages divided among those who share them. */
  readonly proportionalMegabytes: number;
};

const KILOBYTES = 1024;

const megabytesIn = (file: string, name: string): number => {
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(
    readFileSync(file, 'utf8'),
  )?.[1];
  if (kilobytes === undefined) throw new Error(`${file} tells no ${name}.`);
  return Number(kilobytes) / KILOBYTES;
};

/** The memory of a process (proc(5): `/proc/pid/status`, `/proc/pid/smaps_rollup`). Throws when it has ended. */
export const memoryOf = (pid: number): MemoryFigures => ({
  residentMegabytes: megabytesIn(`/proc/${pid}/status`, 'VmRSS'),
  proportionalMegabytes: megabytesIn(`/proc/${pid}/smaps_rollup`, 'Pss'),
});

/** USER_HZ, in which times of `/proc/pid/stat` are told, the same on all processors that Node runs on. */
const TICKS_A_SECOND = 100;

/**
 * Seconds of processor time of a process and of its children that have ended (proc(5): utime, stime, cutime and cstime of
 * `/proc/pid/stat`). Throws when it has ended.
 */
export const cpuSecondsOf = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may have spaces; utime is the 14th field, the 12th after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_A_SECOND;
};
