import { createHash, createHmac } from 'node:crypto';
import { SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { createBundleLink } from '#providers/ssm/bundle-link.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const OBJECT = 'https://assets.s3.eu-west-1.amazonaws.com/agent-0a1b.mjs';
const NOW = new Date('2026-11-21T12:00:00Z');

const client = (sessionToken?: string) =>
  new SSMClient({
    region: 'eu-west-1',
    credentials: {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: SECRET,
      ...(sessionToken !== undefined && { sessionToken }),
    },
  });

const linkTo = (address: string, sessionToken?: string): Promise<string> =>
  createBundleLink(client(sessionToken), address, () => NOW)(900);

const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();

/** The signature S3 itself would come to ("Authenticating Requests: Using Query Parameters", Amazon S3 API Reference). */
const signatureOf = (link: string): string => {
  const url = new URL(link);
  const query = [...url.searchParams]
    .filter(([key]) => key !== 'X-Amz-Signature')
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .toSorted()
    .join('&');
  const canonical = [
    'GET',
    url.pathname,
    query,
    `host:${url.host}`,
    '',
    'host',
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const scope = '20261121/eu-west-1/s3/aws4_request';
  const digest = createHash('sha256').update(canonical).digest('hex');
  const key = ['eu-west-1', 's3', 'aws4_request'].reduce<Buffer>(
    hmac,
    hmac(`AWS4${SECRET}`, '20261121'),
  );
  return hmac(key, `AWS4-HMAC-SHA256\n20261121T120000Z\n${scope}\n${digest}`).toString('hex');
};

describe('createBundleLink', () => {
  it.each([undefined, 'session/token+with=signs'])(
    'signs a link to an object in S3 as S3 reads it, with the session %s',
    async (sessionToken) => {
      const link = await linkTo(OBJECT, sessionToken);

      const { origin, pathname, searchParams } = new URL(link);
      expect(`${origin}${pathname}`).toBe(OBJECT);
      expect(searchParams.get('X-Amz-Expires')).toBe('900');
      expect(searchParams.get('X-Amz-Signature')).toBe(signatureOf(link));
    },
  );

  it('writes a link that the document takes as a parameter', async () => {
    const link = await linkTo(OBJECT, 'session/token+with=signs');

    expect(link).toMatch(/^https?:\/\/[A-Za-z0-9._~:/?&=%+-]*$/);
  });

  it.each([
    'https://mirror.example.com/agent.mjs',
    'https://assets.s3.eu-west-1.amazonaws.com.evil.example/agent.mjs',
  ])('leaves %s as it is', async (address) => {
    expect(await linkTo(address)).toBe(address);
  });

  it.each([
    'https://assets.s3-eu-west-1.amazonaws.com/agent.mjs',
    'https://assets.s3.dualstack.eu-west-1.amazonaws.com/agent.mjs',
    'https://assets.s3.cn-north-1.amazonaws.com.cn/agent.mjs',
  ])('signs %s, which is S3 too', async (address) => {
    expect(await linkTo(address)).toContain('X-Amz-Signature=');
  });
});
