import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { messageOf } from './agent/errors.ts';

/** Answers on this address to the instance itself only ("Instance metadata", Amazon EC2 User Guide). */
const SERVICE = 'http://169.254.169.254';
const TOKEN_SECONDS = 60;
const TIMEOUT_SECONDS = 5;

/** Between two tries: right after a boot the service may not answer, or answer that it is busy. */
const WAITS_MILLISECONDS = [500, 1_500];

/** What the service says is so, and asking again is no use. */
class Answered extends Error {
  override readonly name = 'Answered';
}

export interface MetadataOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

type Call = readonly [
  method: 'GET' | 'PUT',
  path: string,
  headers: Readonly<Record<string, string>>,
];

const ask = async (
  [method, path, headers]: Call,
  { environment, signal }: Omit<MetadataOptions, 'sleep'>,
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
  const message = `${method} ${path} was answered with ${incoming.statusCode}`;
  const isPassing = incoming.statusCode === 429 || (incoming.statusCode ?? 0) >= 500;
  throw isPassing ? new Error(message) : new Answered(message);
};

const askForId = async (options: MetadataOptions): Promise<string> => {
  const lifetime = { 'x-aws-ec2-metadata-token-ttl-seconds': `${TOKEN_SECONDS}` };
  const token = await ask(['PUT', '/latest/api/token', lifetime], options);
  const proof = { 'x-aws-ec2-metadata-token': token };
  const id = await ask(['GET', '/latest/meta-data/instance-id', proof], options);
  if (!/^i-[0-9a-f]+$/.test(id)) throw new Answered(`${id.slice(0, 40)} is no instance id`);
  return id;
};

const askPatiently = async (options: MetadataOptions): Promise<string> => {
  const { signal, sleep } = options;
  for (const milliseconds of WAITS_MILLISECONDS)
    try {
      return await askForId(options);
    } catch (error) {
      if (error instanceof Answered || signal?.aborted === true) throw error;
      await sleep(milliseconds);
    }
  return askForId(options);
};

/**
 * The id of the instance that this runs on, by version 2 of the instance metadata service: with a token, or not at all.
 * Asks three times. Rejects when there is no such service, when it is switched off, or does not answer within seconds.
 */
export const readInstanceId = async (options: MetadataOptions): Promise<string> => {
  try {
    return await askPatiently(options);
  } catch (cause) {
    throw new Error(
      `the instance metadata service does not say whose host this is (${messageOf(cause)}): give --instance-id or --node-name`,
      { cause },
    );
  }
};
