import { describe, expect, it } from 'vitest';
import { CallError } from '#core/errors.ts';
import { withoutCredentials } from '#core/without-credentials.ts';

describe('A credential in a sentence', () => {
  it.each([
    ['authorization: AWS4 Credential=x, Signature=y', 'authorization: [redacted]'],
    ['"Authorization":"Basic dXNlcjpwYXNz"', '"Authorization":[redacted]'],
    ['x-amz-security-token:abc/+= next', 'x-amz-security-token:[redacted] next'],
    ['?X-Amz-Security-Token=abc%2F&x=1', '?X-Amz-Security-Token=[redacted]&x=1'],
    ['?X-Amz-Signature=0a1b&x=1', '?X-Amz-Signature=[redacted]&x=1'],
    ['X-Amz-Credential=AKIA/x, next', 'X-Amz-Credential=[redacted], next'],
    ['got Bearer abcdefgh.x next', 'got Bearer [redacted] next'],
    ['token k8s-aws-v1.aHR0_cH-M next', 'token [redacted] next'],
    ['token eyJhbGc.eyJzdWI.c2ln next', 'token [redacted] next'],
    ['key AKIAIOSFODNN7EXAMPLE next', 'key [redacted] next'],
    ['at https://me:word@host:443/x', 'at https://[redacted]@host:443/x'],
    ['-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- x', '[redacted] x'],
    ['-----BEGIN PRIVATE KEY-----\ncut off', '[redacted]'],
  ])('is blotted out, and nothing else: %s', (sentence, rest) => {
    expect(new CallError('Unknown', 'Error', sentence).message).toBe(rest);
  });

  it('is found in time in a text that was made for it', () => {
    const texts = ['-eyJ', '         basic', '://', '-----BEGIN ', 'authorization  ', 'AKIA'];

    const cleaned = texts.map((text) => withoutCredentials(text.repeat(20_000)).length);

    expect(Math.min(...cleaned)).toBeGreaterThan(0);
  });
});

describe('Sentences that hold no credential', () => {
  it.each([
    'CreateNetworkInterface: UnauthorizedOperation: You are not authorized to perform this operation.',
    'nodeenis.networking.k8s.aws "data" is forbidden: User "nodeeni" cannot patch resource',
    'PATCH /apis/networking.k8s.aws/v1alpha1/nodeenis/data at https://10.0.0.1:443: connect ECONNREFUSED',
    'The basic idea: bearer of news.',
  ])('stay as they are: %s', (sentence) => {
    expect(new CallError('Unknown', 'Error', sentence).message).toBe(sentence);
  });

  it('are cut where nobody reads on', () => {
    expect(new CallError('Unknown', 'Error', 'x'.repeat(1_000_000)).message).toHaveLength(1_000);
  });
});
