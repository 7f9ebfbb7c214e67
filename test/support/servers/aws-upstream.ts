import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AwsAnswer } from './aws-answers.ts';
import { type AwsRequest, apiVersions } from './aws-query.ts';

export type AwsUpstream = {
  readonly forward: (request: AwsRequest) => Promise<AwsAnswer>;
  readonly askEc2: (action: string, params: Readonly<Record<string, string>>) => Promise<AwsAnswer>;
};

const form = 'application/x-www-form-urlencoded';
/** The emulator checks no signature, but reads from this header which service is meant. */
const authorization =
  'AWS4-HMAC-SHA256 Credential=e2e/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=e2e';

const readAnswer = async (incoming: IncomingMessage): Promise<AwsAnswer> => ({
  status: incoming.statusCode ?? 500,
  contentType: incoming.headers['content-type'] ?? 'text/xml',
  body: await text(incoming),
});

/**
 * The emulator behind the proxy. In: its URL. Out: `forward`, which sends a call on as it came, and
 * `askEc2`, with which a rule looks at or changes the emulator's state on its own account; those
 * calls are neither delayed nor counted.
 */
export const createUpstream = (target: string): AwsUpstream => {
  const forward = (request: AwsRequest): Promise<AwsAnswer> =>
    new Promise((resolve, reject) => {
      const { connection: _, 'transfer-encoding': __, ...headers } = request.headers;
      const { host } = new URL(target);
      const length = Buffer.byteLength(request.body);
      const outgoing = httpRequest(new URL(request.path, target), {
        method: request.method,
        headers: { ...headers, host, 'content-length': length },
      });
      outgoing.once('error', reject);
      outgoing.once('response', (incoming) => {
        void readAnswer(incoming).then(resolve, reject);
      });
      outgoing.end(request.body);
    });

  const askEc2: AwsUpstream['askEc2'] = (action, given) => {
    const params = { Action: action, Version: apiVersions.ec2, ...given };
    return forward({
      service: 'ec2',
      action,
      params: new Map(Object.entries(params)),
      method: 'POST',
      path: '/',
      headers: { authorization, 'content-type': form },
      body: new URLSearchParams(params).toString(),
    });
  };

  return { forward, askEc2 };
};
