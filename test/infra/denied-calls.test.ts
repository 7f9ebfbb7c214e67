import { describe, expect, inject, it } from 'vitest';
import { DENIED_INTERFACE_CALLS } from '#test/support/infra/denied-interface-calls.ts';
import { DENIED_TO_OTHERS } from '#test/support/infra/denied-other-calls.ts';
import { DENIED_WORKER_CALLS } from '#test/support/infra/denied-worker-calls.ts';
import { isAllowed, policyOf } from '#test/support/infra/iam.ts';

const syntheses = inject('syntheses');

describe('reconcile may not do this:', () => {
  const policy = policyOf(syntheses.usual, 'reconcile');

  it.each([...DENIED_INTERFACE_CALLS, ...DENIED_WORKER_CALLS])('$name', async (call) => {
    expect(await isAllowed(policy, 'reconcile', call)).toBe(false);
  });
});

describe.each(DENIED_TO_OTHERS)('$by may not do this:', ({ by, installation, ...call }) => {
  it(call.name, async () => {
    const policy = policyOf(syntheses[installation ?? 'usual'], by);

    expect(await isAllowed(policy, by, call)).toBe(false);
  });
});
