import fc from 'fast-check';

/** What any bytes say as UTF-8: control characters, replacements and all. */
export const anyText = (mostBytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength: mostBytes }).map((bytes) => Buffer.from(bytes).toString('utf8'));
