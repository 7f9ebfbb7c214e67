import { describe, expect, it } from 'vitest';
import { boundedHost } from '#core/apis/v1alpha1/host-words.ts';

const SLOT = 'data/subnet-a';
const ROW = { eniId: 'eni-1', generation: 3, configured: false };

const bounded = (row: object) => boundedHost({ [SLOT]: { ...ROW, ...row } })[SLOT];

describe('boundedHost', () => {
  it('leaves what an honest agent says as it is', () => {
    const row = { ...ROW, interfaceName: 'eth1', mtu: 9001, reason: 'MtuTooLarge', message: 'No.' };

    expect(bounded(row)).toEqual(row);
  });

  it('cuts every word after 256 characters', () => {
    const row = bounded({ message: 'x'.repeat(257), driver: 'y'.repeat(256) });

    expect(row).toMatchObject({ message: 'x'.repeat(256), driver: 'y'.repeat(256) });
  });

  it('leaves no half of a character, which would come back from the API server as another text', () => {
    const { message = '' } = bounded({ message: `${'x'.repeat(255)}😀` }) ?? {};

    expect(message).toBe(`${'x'.repeat(255)}\uFFFD`);
  });

  it('replaces what could rewrite a terminal', () => {
    expect(bounded({ message: 'a\u001B[2Jb\u202Ec\nd' })?.message).toBe(
      'a\uFFFD[2Jb\uFFFDc\uFFFDd',
    );
  });

  it.each(['A', 'Mtu2Large', 'r'.repeat(64)])('keeps the reason %s', (reason) => {
    expect(bounded({ reason })?.reason).toBe(reason);
  });

  it.each(['', '2Large', 'two words', 'Dash-ed', 'r'.repeat(65), 'Line\nbreak'])(
    'leaves out the reason %j, which is not one word',
    (reason) => {
      expect(bounded({ reason })).toEqual(ROW);
    },
  );

  it('cuts what is said of a network, and believes nothing of one whose reason is no word', () => {
    const network = {
      state: 'NotReady',
      reason: 'PluginMissing',
      addresses: 16,
      addressesInUse: 3,
    };
    const long = { ...network, message: `\u001B${'x'.repeat(300)}` };

    const cut = bounded({ podNetwork: long })?.podNetwork;
    const unbelieved = bounded({ podNetwork: { ...long, reason: 'two words' } });

    expect(cut).toEqual({ ...network, message: `\uFFFD${'x'.repeat(255)}` });
    expect(unbelieved).toEqual(ROW);
  });

  it('adds nothing to what a host says', () => {
    expect(bounded({})).toStrictEqual(ROW);
  });

  it('keeps what was understood, and not more of it than there can be', () => {
    const parts = Array.from({ length: 100 }, () => 'x'.repeat(1000));

    expect(bounded({ understood: { generation: 3, parts } })?.understood).toEqual({
      generation: 3,
      parts: Array.from({ length: 16 }, () => 'x'.repeat(256)),
    });
  });

  it('does not choose between slots', () => {
    expect(Object.keys(boundedHost({ a: ROW, b: ROW }))).toEqual(['a', 'b']);
  });
});
