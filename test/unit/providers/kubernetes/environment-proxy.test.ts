import { describe, expect, it } from 'vitest';
import { environmentProxyFor } from '#providers/kubernetes/environment-proxy.ts';

const PROXY = { HTTPS_PROXY: 'http://proxy:3128' };

describe('environmentProxyFor', () => {
  it.each([
    ['https://10.0.0.1', PROXY, 'http://proxy:3128'],
    ['https://10.0.0.1', { https_proxy: 'proxy:3128' }, 'http://proxy:3128'],
    ['http://10.0.0.1', { HTTP_PROXY: 'http://plain:1' }, 'http://plain:1'],
    ['https://10.0.0.1', { HTTP_PROXY: 'http://plain:1' }, undefined],
    ['https://10.0.0.1', { ALL_PROXY: 'http://all:1' }, undefined],
    ['https://localhost:6443', PROXY, undefined],
    ['https://127.8.0.1', PROXY, undefined],
    ['https://[::1]:6443', PROXY, undefined],
    ['', PROXY, undefined],
  ])('for %s with %o is %s', (server, env, proxy) => {
    expect(environmentProxyFor(server, env)).toBe(proxy);
  });

  it.each([
    ['*', true],
    ['10.0.0.1', true],
    ['10.0.0.1:6443', true],
    ['10.0.0.1:443', false],
    ['10.0.0.0/24', true],
    ['10.1.0.0/24', false],
    ['10.0.0.0/99', false],
    ['other, 10.0.0.1', true],
  ])('leaves https://10.0.0.1:6443 alone for NO_PROXY=%s: %s', (list, isAlone) => {
    const proxy = environmentProxyFor('https://10.0.0.1:6443', { ...PROXY, NO_PROXY: list });

    expect(proxy === undefined).toBe(isAlone);
  });

  it.each([
    ['eks.amazonaws.com', true],
    ['AmazonAWS.com', true],
    ['.amazonaws.com', true],
    ['*.amazonaws.com', true],
    ['a.eks.amazonaws.com', true],
    ['.a.eks.amazonaws.com', false],
    ['naws.com', false],
  ])('leaves https://a.eks.amazonaws.com alone for no_proxy=%s: %s', (list, isAlone) => {
    const env = { ...PROXY, no_proxy: list };

    expect(environmentProxyFor('https://A.eks.amazonaws.com', env) === undefined).toBe(isAlone);
  });
});
