import { chmod, copyFile, cp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureGoTool } from './go-tool.ts';

const MODULES = 'github.com/pulumi/pulumi-kubernetes';

/** What the provider's own program embeds, under other names. */
const EMBEDDED = ['schema.json', 'terraform-mapping.json'];

type Go = (args: readonly string[]) => Promise<string>;

const sourceOf = async (go: Go, module: string): Promise<string> => {
  await go(['mod', 'download', module]);
  return (await go(['list', '-m', '-f', '{{.Dir}}', module])).trim();
};

/** Leaves out of the SDK what only the components that read YAML need. */
const shortenSdk = async (folder: string, go: Go): Promise<void> => {
  const sdk = join(folder, 'sdk');
  await cp(await sourceOf(go, `${MODULES}/sdk/v4`), sdk, { recursive: true });
  const kinds = join('go', 'kubernetes', 'yaml', 'v2', 'kinds.go');
  await go(['mod', 'edit', '-replace', `${MODULES}/sdk/v4=./sdk`]);
  // Folders of the module cache may not be written to, and neither may their copies.
  await chmod(dirname(join(sdk, kinds)), 0o755);
  await rm(join(sdk, kinds));
  await copyFile(join(folder, 'yaml', 'kinds.go'), join(sdk, kinds));
};

/** Pulumi's Kubernetes provider. In: the version that it is to give itself. Out: its path. */
export const ensureKubernetesProvider = (version: string): Promise<string> =>
  ensureGoTool({
    name: `pulumi-resource-kubernetes-${version}`,
    module: new URL('../../deploy/tools/kubernetes-provider/', import.meta.url),
    package: '.',
    stamps: [`main.version=${version}`],
    complete: async (folder, go) => {
      const source = await sourceOf(go, `${MODULES}/provider/v4`);
      for (const name of EMBEDDED)
        await copyFile(join(source, 'cmd', 'pulumi-resource-kubernetes', name), join(folder, name));
      await shortenSdk(folder, go);
    },
  });
