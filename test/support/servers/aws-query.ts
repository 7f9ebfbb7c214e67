import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

export type AwsService = 'ec2' | 'autoscaling' | 'other';

/** One call as it came in. `params` are the flat names of the Query protocol: `Filter.1.Name`. */
export type AwsRequest = {
  readonly service: AwsService;
  readonly action: string;
  readonly params: ReadonlyMap<string, string>;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

/** Both services speak the same protocol at the same address; only their API version differs. */
export const apiVersions = { ec2: '2016-11-15', autoscaling: '2011-01-01' } as const;

const serviceOf = (version: string | undefined): AwsService => {
  if (version === apiVersions.ec2) return 'ec2';
  return version === apiVersions.autoscaling ? 'autoscaling' : 'other';
};

const isForm = (headers: IncomingMessage['headers']): boolean =>
  headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;

/**
 * Reads a call off the wire. In: Node's request. Out: its service, action and parameters. Services
 * of other protocols (SQS and SSM send JSON) come out as `other`, to be passed on untouched.
 */
export const readAwsRequest = async (incoming: IncomingMessage): Promise<AwsRequest> => {
  const body = await text(incoming);
  const params = new Map(isForm(incoming.headers) ? new URLSearchParams(body) : []);
  return {
    service: serviceOf(params.get('Version')),
    action: params.get('Action') ?? '',
    params,
    method: incoming.method ?? 'POST',
    path: incoming.url ?? '/',
    headers: incoming.headers,
    body,
  };
};

/** The values of a list parameter: `SecurityGroupId.1`, `SecurityGroupId.2`, … */
export const listParam = ({ params }: AwsRequest, name: string): readonly string[] =>
  [...params].filter(([key]) => key.startsWith(`${name}.`)).map(([, value]) => value);
