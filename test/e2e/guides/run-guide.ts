import { chmod, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { ensureBinaries } from '#test/support/servers/binaries.ts';
import { runCommand } from '#test/support/servers/run-command.ts';
import { createTemporaryFolder } from '#test/support/servers/temporary-folder.ts';
import { readGuide } from './read-guide.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What a guide says that cannot be done here, and why. Everything else is run. */
const NOT_HERE: readonly { readonly command: RegExp; readonly why: string }[] = [
  { command: /^aws |^export AWS_REGION/, why: 'needs an AWS account' },
  {
    command: /^npm run deploy|^npx sst /,
    why: 'needs an AWS account; `nodeeni local` stands for it',
  },
  { command: /^npx nodeeni local/, why: 'runs until it is ended: the test starts it' },
  { command: /^git |^npm (ci|run build)/, why: 'is what this checkout has had' },
  { command: /^helm /, why: 'needs the chart of the Go controller' },
  { command: /rollout status|^ip -d link/, why: 'needs a node' },
  { command: /^kubectl .*\blogs\b|^kubectl debug/, why: 'needs a kubelet' },
];

const isHere = (command: string): boolean => !NOT_HERE.some((one) => one.command.test(command));

/** A terminal is asked, and here nobody is there to answer. */
const NPX = `#!/bin/sh
[ "$1" = nodeeni ] || exit 64
shift
case "$*" in
  *--dry-run*|plan*|manifests*|doctor*|explain*) exec "${ROOT}bin/nodeeni.js" "$@" ;;
  *) exec "${ROOT}bin/nodeeni.js" "$@" --yes ;;
esac
`;

export interface GuideOptions {
  readonly kubeconfigFile: string;
  readonly awsUrl: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Somebody who follows a guide: in a folder that looks like the repository, with its tools on the path. */
export const openGuide = async (name: string, { kubeconfigFile, awsUrl, env }: GuideOptions) => {
  const { kubectl } = await ensureBinaries();
  const folder = createTemporaryFolder('guide');
  const bin = join(folder.path, 'bin');
  for (const shared of ['crds', 'examples'])
    await symlink(join(ROOT, shared), join(folder.path, shared));
  await runCommand('mkdir', [bin]);
  await symlink(kubectl, join(bin, 'kubectl'));
  await writeFile(join(bin, 'npx'), NPX);
  await chmod(join(bin, 'npx'), 0o755);

  const sections = readGuide(name);
  const followed = new Set<string>();
  const run = async (command: string): Promise<string> => {
    const { code, stdout, stderr } = await runCommand('bash', ['-euo', 'pipefail', '-c', command], {
      cwd: folder.path,
      env: {
        PATH: `${bin}:${process.env.PATH}`,
        KUBECONFIG: kubeconfigFile,
        AWS_ENDPOINT_URL: awsUrl,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'e2e',
        AWS_SECRET_ACCESS_KEY: 'e2e',
        AWS_EC2_METADATA_DISABLED: 'true',
        ...env,
      },
    });
    // `plan` ends with 2 only where it is asked to; `doctor` by what it finds.
    const isWell = code === 0 || (/nodeeni doctor/.test(command) && code <= 2);
    expect({ command, isWell, ...(!isWell && { code, stdout, stderr }) }).toEqual({
      command,
      isWell: true,
    });
    return stdout;
  };

  /**
   * Types what stands below a heading, line by line, but for what cannot be done here. In: the heading's anchor, and what else is
   * to be done before a command. Out: what the commands printed.
   */
  const follow = async (
    id: string,
    before: (command: string) => Promise<void> = async () => {},
  ): Promise<readonly string[]> => {
    const section = sections.find((candidate) => candidate.id === id);
    if (section === undefined)
      throw new Error(`${name} has no heading ${id}: ${sections.map((one) => one.id).join(', ')}`);
    followed.add(id);
    const printed: string[] = [];
    for (const command of section.commands.filter(isHere)) {
      await before(command);
      printed.push(await run(command));
    }
    return printed;
  };

  /** Headings whose commands could be typed here, and were not. */
  const left = (): readonly string[] =>
    sections
      .filter(({ id, commands }) => commands.some(isHere) && !followed.has(id))
      .map(({ id }) => id);

  return { path: folder.path, run, follow, left, close: folder.remove };
};

export type Guide = Awaited<ReturnType<typeof openGuide>>;
