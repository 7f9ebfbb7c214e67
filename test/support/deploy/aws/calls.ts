import { REGION } from '#test/support/deployed/place.ts';
import { ACCOUNT_ID } from '#test/support/infra/aws-stand-in.ts';

/** Calls of AWS's three protocols, without a client of the SDK for each service. Each throws what AWS refuses with. */
export type AwsCalls = {
  /** One action of the query protocol. In: parameters; lists and maps are numbered. Out: XML. */
  readonly query: (
    service: string,
    version: string,
    params: Readonly<Record<string, unknown>>,
  ) => Promise<string>;
  /** One action of the JSON protocol, by its target such as `AmazonSQS.CreateQueue`. */
  readonly json: (
    service: string,
    target: string,
    body: object,
  ) => Promise<Readonly<Record<string, unknown>>>;
  readonly rest: (
    service: string,
    method: string,
    path: string,
    body?: object | Buffer,
  ) => Promise<RestAnswer>;
};

type RestAnswer = { readonly headers: Headers; readonly text: string };

/** The emulator checks no signature, but reads account, region and service from this header. */
const headersFor = (service: string): Readonly<Record<string, string>> => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT_ID}/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=deploy`,
  'x-amz-date': '20260101T000000Z',
});

/** Lists as `Name.member.1`, maps as `Name.member.1.Key` ("Query Requests"). */
const flatten = (value: unknown, at: string): readonly (readonly [string, string])[] => {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value))
    return value.flatMap((inner, index) => flatten(inner, `${at}.member.${index + 1}`));
  if (typeof value === 'object')
    return Object.entries(value).flatMap(([key, inner]) =>
      flatten(inner, at === '' ? key : `${at}.${key}`),
    );
  return [[at, String(value)]];
};

/** In: where each service answers. */
export const createAwsCalls = (endpointOf: (service: string) => string): AwsCalls => {
  const send = async (service: string, path: string, init: RequestInit): Promise<RestAnswer> => {
    const answer = await fetch(endpointOf(service) + path, {
      ...init,
      headers: { ...headersFor(service), ...init.headers },
    });
    const text = await answer.text();
    if (!answer.ok)
      throw new Error(`${service} refused ${init.method} ${path} with ${answer.status}: ${text}`);
    return { headers: answer.headers, text };
  };

  return {
    query: async (service, version, params) => {
      const body = new URLSearchParams(
        flatten({ ...params, Version: version }, '').map(([key, value]): [string, string] => [
          key,
          value,
        ]),
      );
      return (await send(service, '/', { method: 'POST', body })).text;
    },
    json: async (service, target, body) => {
      const { text } = await send(service, '/', {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' },
      }).catch((error: Error) => {
        throw new Error(`${target}: ${error.message}`);
      });
      return text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
    },
    rest: (service, method, path, body) =>
      send(service, path, {
        method,
        ...(body !== undefined && {
          body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body),
        }),
        headers: { 'content-type': 'application/json' },
      }),
  };
};
