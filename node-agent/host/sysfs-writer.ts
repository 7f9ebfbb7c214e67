import type { RunCommand } from './command.ts';

/** Writes a value into a file of sysfs that is there. A path that is not absolute begins at the folder. */
export type WriteSysfs = (path: string, value: string, folder?: string) => Promise<void>;

/**
 * Writes by a child process with a time limit: a write to a driver's `unbind` sleeps in the kernel for as long as a
 * program has the device open, and would take the agent with it. Rejects with the kernel's own words.
 */
export const createSysfsWriter =
  (run: RunCommand, timeoutSeconds: number): WriteSysfs =>
  async (path, value, folder) => {
    await run('tee', [path], { input: value, timeoutSeconds, ...(folder && { folder }) });
  };
