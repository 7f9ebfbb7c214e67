import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TimeLimitError } from '#node-agent/agent/errors.ts';
import { createRunCommand } from '#node-agent/host/command.ts';
import { createSysfsWriter } from '#node-agent/host/sysfs-writer.ts';
import { createScratchTree } from '../scratch-tree.ts';

describe('createRunCommand', () => {
  it('gives the arguments as they are, through no shell', async () => {
    const run = createRunCommand();

    await expect(run('printf', ['%s', '$(id); "x"'])).resolves.toBe('$(id); "x"');
  });

  it('runs the program after the words of the prefix', async () => {
    const run = createRunCommand(['env', 'WORD=there']);

    await expect(run('sh', ['-c', 'echo $WORD'])).resolves.toBe('there\n');
  });

  it('rejects with what the program said', async () => {
    const run = createRunCommand();

    await expect(run('sh', ['-c', 'echo why >&2; exit 3'])).rejects.toMatchObject({
      name: 'CommandError',
      exitCode: 3,
      message: 'sh -c echo why >&2; exit 3: why',
    });
  });

  it('rejects when there is no such program', async () => {
    const run = createRunCommand();

    await expect(run('/no/such/program', [])).rejects.toThrow('ENOENT');
  });

  it('keeps a signal to the agent’s own process group from the program', async () => {
    const run = createRunCommand();

    // The first and the fifth field are the process and its group (proc(5), Linux).
    const stat = await run('cut', ['-d', ' ', '-f', '1,5', '/proc/self/stat']);

    const [pid, group] = stat.trim().split(' ');
    expect(group).toBe(pid);
  });

  it('says by which signal a program was ended', async () => {
    const run = createRunCommand();

    await expect(run('sh', ['-c', 'kill -TERM $$'])).rejects.toThrow('ended by SIGTERM');
  });

  it('does not wait longer than it may, not even for output that somebody else holds open', async () => {
    const run = createRunCommand();

    // The grandchild keeps the pipe open after the shell is killed.
    const slow = run('sh', ['-c', 'sleep 5 & wait'], { timeoutSeconds: 0.1 });

    await expect(slow).rejects.toBeInstanceOf(TimeLimitError);
  });
});

describe('createSysfsWriter', () => {
  it('writes exactly the value', async () => {
    const tree = createScratchTree();
    tree.file('sys/driver_override', '(null)\n');

    await createSysfsWriter(createRunCommand(), 5)(tree.path('sys/driver_override'), '\n');

    expect(readFileSync(tree.path('sys/driver_override'), 'utf8')).toBe('\n');
  });

  it('writes into the folder it is given', async () => {
    const tree = createScratchTree();
    tree.file('device/driver_override', '(null)\n');

    const write = createSysfsWriter(createRunCommand(), 5);
    await write('driver_override', 'vfio-pci', tree.path('device'));

    expect(readFileSync(tree.path('device/driver_override'), 'utf8')).toBe('vfio-pci');
  });

  it('gives up a write that the kernel does not end', async () => {
    const tree = createScratchTree();
    // Opening a pipe that nobody reads sleeps, as writing to unbind does while a program has the device open.
    tree.pipe('unbind');

    const write = createSysfsWriter(createRunCommand(), 0.2)(tree.path('unbind'), '0000:00:06.0');

    await expect(write).rejects.toThrow('did not end within 0.2 s');
  });

  it('rejects with the words of the kernel', async () => {
    const write = createSysfsWriter(createRunCommand(), 5)('/no/such/file', 'x');

    await expect(write).rejects.toThrow('No such file or directory');
  });
});
