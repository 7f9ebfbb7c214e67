import { ensureGoTool } from './go-tool.ts';

/** What `sst version --verbose` names. The engine refuses a language host or an SDK that is newer. */
export const ENGINE_VERSION = '3.215.0';

/** Pulumi's engine and command line. Out: its path. */
export const ensureEngine = (): Promise<string> =>
  ensureGoTool({
    name: `pulumi-${ENGINE_VERSION}`,
    module: new URL('../../deploy/tools/engine/', import.meta.url),
    package: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
    stamps: [`github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${ENGINE_VERSION}`],
  });
