import { createHash, createHmac } from 'node:crypto';
import { STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { createStsApi } from '#providers/sts/sts-api.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const SIGNED_AT = new Date('2026-11-21T09:30:00.000Z');

const presign = (options: { region?: string; sessionToken?: string; expiration?: Date } = {}) => {
  const { region = 'eu-west-1', ...rest } = options;
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET, ...rest };
  return createStsApi(new STSClient({ region, credentials })).presignGetCallerIdentity({
    headers: { 'x-k8s-aws-id': 'production' },
    expiresInSeconds: 60,
    signedAt: SIGNED_AT,
  });
};

const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What STS computes of a request with these headers ("Create a signed AWS API request", IAM User Guide). */
const signatureOf = (url: URL, headers: readonly (readonly [string, string])[]): string => {
  const query = [...url.searchParams]
    .filter(([key]) => key !== 'X-Amz-Signature')
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .toSorted()
    .join('&');
  const lines = headers.map(([name, value]) => `${name}:${value}\n`).join('');
  const names = headers.map(([name]) => name).join(';');
  const request = ['GET', '/', query, lines, names, sha256('')].join('\n');
  const [, date = '', region = '', service = ''] =
    url.searchParams.get('X-Amz-Credential')?.split('/') ?? [];
  const scope = `${date}/${region}/${service}/aws4_request`;
  const dated = url.searchParams.get('X-Amz-Date') ?? '';
  const text = ['AWS4-HMAC-SHA256', dated, scope, sha256(request)].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${SECRET}`,
  );
  return hmac(key, text).toString('hex');
};

describe('presignGetCallerIdentity', () => {
  it('asks who the caller is, by a signature over the host and the headers given', async () => {
    const url = new URL((await presign({ sessionToken: 'a/b+c==' })).url);

    const signed = signatureOf(url, [
      ['host', 'sts.eu-west-1.amazonaws.com'],
      ['x-k8s-aws-id', 'production'],
    ]);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      Action: 'GetCallerIdentity',
      Version: '2011-06-15',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIDEXAMPLE/20261121/eu-west-1/sts/aws4_request',
      'X-Amz-Date': '20261121T093000Z',
      'X-Amz-Expires': '60',
      'X-Amz-Security-Token': 'a/b+c==',
      'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
      'X-Amz-Signature': signed,
    });
  });

  it('makes a signature that does not hold for another cluster', async () => {
    const url = new URL((await presign()).url);

    const other = signatureOf(url, [
      ['host', 'sts.eu-west-1.amazonaws.com'],
      ['x-k8s-aws-id', 'staging'],
    ]);
    expect(url.searchParams.get('X-Amz-Signature')).not.toBe(other);
  });

  it.each([
    ['us-east-1', 'https://sts.us-east-1.amazonaws.com'],
    ['eu-central-1', 'https://sts.eu-central-1.amazonaws.com'],
    ['cn-north-1', 'https://sts.cn-north-1.amazonaws.com.cn'],
    ['us-gov-west-1', 'https://sts.us-gov-west-1.amazonaws.com'],
  ])('goes to the endpoint of %s, and to its root', async (region, origin) => {
    const url = new URL((await presign({ region })).url);

    expect({ origin: url.origin, path: url.pathname }).toEqual({ origin, path: '/' });
  });

  it('tells when the credentials end, if they do', async () => {
    const expiration = new Date('2026-11-21T09:40:00.000Z');

    expect(await presign({ expiration })).toMatchObject({ credentialsEnd: expiration });
    expect(await presign()).not.toHaveProperty('credentialsEnd');
  });
});
