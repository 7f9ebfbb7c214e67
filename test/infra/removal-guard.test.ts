import { expect, inject, it } from 'vitest';
import { resourceOf } from '#test/support/infra/synthesis.ts';

const GUARD = 'aws:lambda/invocation:Invocation';
/** What SST writes down for its own command line; the whole, whose part the guard is; a key that functions wait for by themselves. */
const OTHERS = [
  'sst:sst:LinkRef',
  'nodeeni:sst:Installation',
  'random:index/randomBytes:RandomBytes LambdaEncryptionKey',
];

it.each(Object.entries(inject('syntheses')))(
  'the %s installation asks before it is removed, and before anything of it goes',
  (_, synthesis) => {
    const { inputs, options } = resourceOf(synthesis, GUARD, 'RemovalGuard');
    const others = synthesis.resources
      .filter(({ type }) => type !== GUARD && !type.startsWith('pulumi:'))
      .map(({ type, name }) => `${type} ${name}`)
      .filter((other) => !OTHERS.some((known) => other.startsWith(known)));

    expect(inputs).toMatchObject({
      functionName: expect.stringContaining('OnRemove'),
      lifecycleScope: 'CRUD',
    });
    expect(others.filter((other) => !options.dependsOn?.includes(other))).toEqual([]);
  },
);
