const BITS = { ipv4: 32n, ipv6: 128n };
const GROUP_BITS = 16n;

const isIpv6 = (address: string): boolean => address.includes(':');

/** An IPv6 address as the kernel and Go write it. */
export const canonicalIpv6 = (address: string): string =>
  new URL(`http://[${address}]`).hostname.slice(1, -1);

const groupsOf = (address: string): readonly string[] => {
  const [before = '', after = ''] = canonicalIpv6(address).split('::');
  const [left, right] = [before, after].map((part) => part.split(':').filter((group) => group));
  const missing = 8 - (left?.length ?? 0) - (right?.length ?? 0);
  return [...(left ?? []), ...Array<string>(missing).fill('0'), ...(right ?? [])];
};

const numberOf = (address: string): bigint =>
  isIpv6(address)
    ? groupsOf(address).reduce((sum, group) => (sum << GROUP_BITS) + BigInt(`0x${group}`), 0n)
    : address.split('.').reduce((sum, byte) => (sum << 8n) + BigInt(byte), 0n);

const textOf = (number: bigint, isVersion6: boolean): string => {
  const digits = number.toString(16).padStart(isVersion6 ? 32 : 8, '0');
  return isVersion6
    ? canonicalIpv6(digits.replace(/.{4}(?!$)/g, '$&:'))
    : (digits.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).join('.');
};

interface Bounds {
  readonly first: bigint;
  readonly last: bigint;
}

const boundsOf = (block: string): Bounds => {
  const [address = '', length = ''] = block.split('/');
  const bits = isIpv6(address) ? BITS.ipv6 : BITS.ipv4;
  const size = 1n << (bits - BigInt(length));
  const first = numberOf(address) & ~(size - 1n);
  return { first, last: first + size - 1n };
};

/** The first and the last address of a block (`10.0.64.32/28`: 10.0.64.32 and 10.0.64.47). */
export const endsOf = (block: string): { readonly first: string; readonly last: string } => {
  const { first, last } = boundsOf(block);
  const isVersion6 = isIpv6(block);
  return { first: textOf(first, isVersion6), last: textOf(last, isVersion6) };
};

/** True when the address lies in the block, which may be of the other family. */
export const isInBlock = (address: string, block: string): boolean => {
  if (isIpv6(address) !== isIpv6(block)) return false;
  const number = numberOf(address);
  const { first, last } = boundsOf(block);
  return first <= number && number <= last;
};
