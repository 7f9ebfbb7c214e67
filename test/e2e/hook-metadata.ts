import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AwsAnswer } from '#test/support/servers/aws-answers.ts';
import { readAwsRequest } from '#test/support/servers/aws-query.ts';
import { createUpstream } from '#test/support/servers/aws-upstream.ts';

export type HookMetadata = { readonly url: string; readonly stop: () => Promise<void> };

const hookNamePattern = /<LifecycleHookName>([^<]*)<\/LifecycleHookName>/g;

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/**
 * The emulator forgets a lifecycle hook's NotificationMetadata, which says whose hook it is. In: the
 * emulator's URL. Out: a URL to use in its place, where hooks are shown with what was put into them.
 */
export const startHookMetadata = async (motoUrl: string): Promise<HookMetadata> => {
  const { forward } = createUpstream(motoUrl);
  const byHook = new Map<string, string>();

  const withMetadata = (answer: AwsAnswer): AwsAnswer => ({
    ...answer,
    body: answer.body.replace(hookNamePattern, (whole: string, name: string) => {
      const metadata = byHook.get(name);
      if (metadata === undefined) return whole;
      return `${whole}<NotificationMetadata>${escapeXml(metadata)}</NotificationMetadata>`;
    }),
  });

  const answerTo = async (incoming: IncomingMessage): Promise<AwsAnswer> => {
    const request = await readAwsRequest(incoming);
    const answer = await forward(request);
    const name = request.params.get('LifecycleHookName');
    const metadata = request.params.get('NotificationMetadata');
    if (request.action === 'PutLifecycleHook' && name !== undefined && metadata !== undefined) {
      byHook.set(name, metadata);
    }
    return request.action === 'DescribeLifecycleHooks' ? withMetadata(answer) : answer;
  };

  const server = createServer((incoming, outgoing) => {
    answerTo(incoming).then(
      ({ status, contentType, body }) =>
        outgoing.writeHead(status, { 'content-type': contentType }).end(body),
      () => outgoing.destroy(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${port}`, stop };
};
