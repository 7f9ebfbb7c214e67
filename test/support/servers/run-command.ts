import { spawn } from 'node:child_process';

export type CommandResult = {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
};

export type CommandOptions = {
  readonly stdin?: string | undefined;
  readonly cwd?: string;
  readonly env?: Readonly<NodeJS.ProcessEnv>;
};

/**
 * Runs a command to its end. In: the command, its arguments, what it reads on standard input.
 * Out: all it printed and its exit code, whatever the code is, so a test can expect a refusal.
 * Only a command that cannot be started at all rejects.
 */
export const runCommand = (
  command: string,
  args: readonly string[],
  { stdin = '', cwd, env }: CommandOptions = {},
): Promise<CommandResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
        code: code ?? 1,
      }),
    );
    // A command that exits before reading its input closes the pipe; its exit code says more.
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
  });

/** The same for steps that have to work: a failure becomes one error with the command's last lines. */
export const runOrThrow = async (
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> => {
  const { stdout, stderr, code } = await runCommand(command, args, options);
  if (code === 0) return stdout;
  const tail = stderr.trim().split('\n').slice(-15).join('\n');
  throw new Error(`${command} ${args.join(' ')} exited with ${code}:\n${tail}`);
};
