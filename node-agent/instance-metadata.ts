import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { messageOf } from './agent/errors.ts';

/** Answers on this address to the instance itself only ("Instance metadata", Amazon EC2 User Guide). */
const SERVICE = 'http://169.254.169.254';
const TOKEN_SECONDS = 60;
const TIMEOUT_SECONDS = 5;

export interface MetadataOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

type Call = readonly [
  method: 'GET' | 'PUT',
  path: string,
  headers: Readonly<Record<string, string>>,
];

const ask = async (
  [method, path, headers]: Call,
  { environment, signal }: MetadataOptions,
): Promise<string> => {
  // "IMDS client", AWS SDKs and Tools Reference Guide.
  const service = environment.AWS_EC2_METADATA_SERVICE_ENDPOINT ?? SERVICE;
  const limit = AbortSignal.timeout(TIMEOUT_SECONDS * 1000);
  const outgoing = request(new URL(path, service), {
    method,
    headers,
    signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
  });
  outgoing.end();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const body = await textOf(incoming);
  if (incoming.statusCode === 200) return body.trim();
  throw new Error(`${method} ${path} was answered with ${incoming.statusCode}`);
};

/**
 * The id of the instance that this runs on, by version 2 of the instance metadata service: with a token, or not at all.
 * Rejects when there is no such service, when it is switched off, or does not answer within seconds.
 */
export const readInstanceId = async (options: MetadataOptions): Promise<string> => {
  try {
    const lifetime = { 'x-aws-ec2-metadata-token-ttl-seconds': `${TOKEN_SECONDS}` };
    const token = await ask(['PUT', '/latest/api/token', lifetime], options);
    const proof = { 'x-aws-ec2-metadata-token': token };
    const id = await ask(['GET', '/latest/meta-data/instance-id', proof], options);
    if (!/^i-[0-9a-f]+$/.test(id)) throw new Error(`${id.slice(0, 40)} is no instance id`);
    return id;
  } catch (cause) {
    throw new Error(
      `the instance metadata service does not say whose host this is (${messageOf(cause)}): give --instance-id or --node-name`,
      { cause },
    );
  }
};
