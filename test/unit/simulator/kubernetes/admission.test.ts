import { describe, expect, it } from 'vitest';
import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import { isReported, reviewOf, type Write } from '#simulator/kubernetes/admission.ts';
import { NODE_ENI, OTHER_WRITES, STATE, stateStatus, UPDATES } from './watched-writes.ts';

describe('isReported', () => {
  it.each(UPDATES)('decides on an update of %s', (_what, target, oldObject, change, isExpected) => {
    const write: Write = {
      ...target,
      operation: 'UPDATE',
      userName: 'somebody',
      object: { ...oldObject, ...change },
      oldObject,
    };

    expect(isReported(write, ['nodeeni'])).toBe(isExpected);
    expect(isReported({ ...write, userName: 'nodeeni' }, ['nodeeni'])).toBe(false);
  });

  it.each(OTHER_WRITES)('decides on %s of %o', (operation, resource, isExpected) => {
    const write: Write = { operation, resource, userName: 'somebody', object: NODE_ENI };

    expect(isReported(write, [])).toBe(isExpected);
  });
});

describe('reviewOf', () => {
  it('tells a delete by the old object alone', () => {
    const write: Write = {
      operation: 'DELETE',
      resource: NODE_ENIS,
      userName: 'me',
      oldObject: NODE_ENI,
    };

    const { request } = reviewOf(write, 'uid-1');

    expect(request).toMatchObject({
      uid: 'uid-1',
      kind: { group: 'networking.k8s.aws', version: 'v1alpha1', kind: 'NodeENI' },
      resource: { group: 'networking.k8s.aws', version: 'v1alpha1', resource: 'nodeenis' },
      name: 'a',
      operation: 'DELETE',
      userInfo: { username: 'me' },
      object: null,
      oldObject: NODE_ENI,
      dryRun: false,
    });
    expect(request).not.toHaveProperty('subResource');
  });

  it('names the subresource', () => {
    const write = { ...stateStatus, operation: 'UPDATE', userName: 'me', object: STATE } as const;

    expect(reviewOf(write, 'uid-1').request).toMatchObject({
      subResource: 'status',
      requestSubResource: 'status',
    });
  });
});
