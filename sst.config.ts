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
