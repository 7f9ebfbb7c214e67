/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app: ({ stage }) => ({
    name: 'nodeeni',
    home: 'aws',
    // Stages that are called `production`, `prod`, `prod-eu` and so on.
    removal: stage.startsWith('prod') ? 'retain' : 'remove',
    protect: stage.startsWith('prod'),
    providers: { aws: '7.20.0', kubernetes: '4.34.2', random: '4.21.2' },
  }),
  async run() {
    const { Installation, readOptions } = await import('nodeeni/sst');
    const args = readOptions(process.env);
    const { workQueueUrl, webhookUrl, agentBundleUrl } = new Installation('Nodeeni', args);
    return {
      workQueueUrl,
      ...(agentBundleUrl && { agentBundleUrl }),
      // SST prints outputs and writes them to a file, and the path of this URL is a secret.
      ...(webhookUrl && args.manifests === false && { webhookUrl }),
    };
  },
});
