import { createHash, timingSafeEqual } from 'node:crypto';

const sha256 = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

/**
 * Knows a secret by its SHA-256 digest (64 hexadecimal digits), so that a function's configuration does
 * not hold the secret itself. Digests are of one length and are compared in constant time, whatever the
 * candidate's length ("crypto.timingSafeEqual", Node.js documentation).
 */
export const createSecretCheck = (sha256Hex: string): ((candidate: string) => boolean) => {
  const expected = Buffer.from(sha256Hex, 'hex');
  return (candidate) => timingSafeEqual(sha256(candidate), expected);
};
