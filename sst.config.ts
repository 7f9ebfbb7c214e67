/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app: ({ stage }) => ({
    name: 'nodeeni',
    home: 'aws',
    removal: stage === 'production' ? 'retain' : 'remove',
    protect: stage === 'production',
    providers: { aws: '7.20.0', kubernetes: '4.34.2', random: '4.21.2' },
  }),
  async run() {
    const { createInstallation } = await import('./stacks/index.ts');
    const { readOptions } = await import('./stacks/read-options.ts');
    return createInstallation(readOptions(process.env));
  },
});
