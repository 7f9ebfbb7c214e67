import { describe, expect, it } from 'vitest';
import { webhookConfiguration } from '#core/manifests/webhook.ts';
import { reviewOf, type Write } from '#simulator/kubernetes/admission.ts';
import { isCalled, type Reviewed } from '#test/support/cel/admission.ts';
import { NODE_ENI, OTHER_WRITES, UPDATES } from '../../simulator/kubernetes/watched-writes.ts';

const GROUP = 'nodeeni:functions';
const { webhooks } = webhookConfiguration('https://relay/secret', GROUP);

type Webhook = Parameters<typeof isCalled>[0] & { readonly name: string };

/** The webhooks that an API server calls for a write, by the CEL of their conditions. */
const calledFor = (write: Write, changes: Partial<Reviewed['request']> = {}): readonly string[] => {
  const { request } = reviewOf(write, 'uid');
  const { object, oldObject } = request;
  const reviewed = { request: { ...request, ...changes }, object, oldObject };
  return (webhooks as readonly Webhook[])
    .filter((webhook) => isCalled(webhook, reviewed))
    .map(({ name }) => name);
};

const byTheFunctions = { userInfo: { username: 'lambda', groups: ['system:nodes', GROUP] } };

describe('the conditions of the webhook', () => {
  it.each(UPDATES)('decide on an update of %s', (_what, target, oldObject, change, isExpected) => {
    const write: Write = {
      ...target,
      operation: 'UPDATE',
      userName: 'somebody',
      object: { ...oldObject, ...change },
      oldObject,
    };

    expect(calledFor(write)).toHaveLength(isExpected ? 1 : 0);
    expect(calledFor(write, byTheFunctions)).toEqual([]);
  });

  it.each(OTHER_WRITES)('decide on %s of %o', (operation, resource, isExpected) => {
    const object = operation === 'DELETE' ? { oldObject: NODE_ENI } : { object: NODE_ENI };
    const write: Write = { operation, resource, userName: 'somebody', ...object };

    expect(calledFor(write)).toHaveLength(isExpected ? 1 : 0);
    expect(calledFor(write, byTheFunctions)).toEqual([]);
  });

  it.each(OTHER_WRITES.filter(([, , isExpected]) => isExpected))(
    'let a dry run through where a person reads the warnings: %s of %o',
    (operation, resource) => {
      const write: Write = { operation, resource, userName: 'somebody', object: NODE_ENI };

      const isWarned = resource.plural === 'nodeenis';

      expect(calledFor(write, { dryRun: false })).toHaveLength(1);
      expect(calledFor(write, { dryRun: true })).toHaveLength(isWarned ? 1 : 0);
    },
  );
});
