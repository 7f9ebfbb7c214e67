import { expect, inject, it } from 'vitest';
import { resourceOf } from '#test/support/infra/synthesis.ts';

const GUARD = 'aws:lambda/invocation:Invocation';
/** What SST writes down for its own command line. */
const NOTE = 'sst:sst:LinkRef';

it.each(Object.entries(inject('syntheses')))(
  'the %s installation asks before it is removed, and before anything of it goes',
  (_, synthesis) => {
    const { inputs, options } = resourceOf(synthesis, GUARD, 'RemovalGuard');
    const others = synthesis.resources
      .filter(({ type }) => type !== GUARD && !type.startsWith('pulumi:') && type !== NOTE)
      .map(({ type, name }) => `${type} ${name}`);

    expect(inputs).toMatchObject({
      functionName: expect.stringContaining('OnRemove'),
      lifecycleScope: 'CRUD',
    });
    expect(others.filter((other) => !options.dependsOn?.includes(other))).toEqual([]);
  },
);
