import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import { CallError } from '#core/errors.ts';
import { createHandler } from '#functions/on-remove/handler.ts';
import { createPowertoolsTelemetry } from '#operator/powertools-telemetry.ts';
import { remainingNodeEnis } from '#operator/remaining-node-enis.ts';
import { aNodeEni } from '#test/support/builders.ts';
import { captureOutput } from './captured-output.ts';
import { lambdaContext } from './invocation.ts';

beforeEach(() => {
  captureOutput();
});

afterEach(() => {
  vi.restoreAllMocks();
});

const handlerFor = (items: readonly NodeEni[] | Error) =>
  createHandler({
    telemetry: createPowertoolsTelemetry({ clusterName: 'prod' }),
    remainingNodeEnis: () =>
      remainingNodeEnis({
        list: () =>
          items instanceof Error ? Promise.reject(items) : Promise.resolve({ items, invalid: [] }),
      }),
  });

const named = (name: string): NodeEni => aNodeEni({}, { name });

const stepOf = (action: string) => ({ tf: { action, prev_input: null } });

describe('on-remove', () => {
  it('refuses a removal while there are NodeENIs, and says what to do', async () => {
    const removal = handlerFor([named('data'), named('voice')])(stepOf('delete'), lambdaContext);

    await expect(removal).rejects.toThrow(
      'There still are NodeENIs: data, voice. Release their interfaces first: nodeeni uninstall',
    );
  });

  it('names no more than a person reads', async () => {
    const many = Array.from({ length: 7 }, (_, index) => named(`n${index}`));

    const removal = handlerFor(many)(stepOf('delete'), lambdaContext);

    await expect(removal).rejects.toThrow('n0, n1, n2, n3, n4 and 2 more.');
  });

  it.each([
    ['there are none', []],
    ['the definitions are gone', new CallError('NotFound', 'NotFound', 'no such resource')],
    ['the cluster is gone', new CallError('Unknown', 'ResourceNotFoundException', 'no cluster')],
  ])('lets the installation go where %s', async (_, items) => {
    await expect(handlerFor(items)(stepOf('delete'), lambdaContext)).resolves.toBeUndefined();
  });

  it('refuses a removal when nobody can tell', async () => {
    const away = new CallError('Unknown', 'ECONNREFUSED', 'the API server does not answer');

    await expect(handlerFor(away)(stepOf('delete'), lambdaContext)).rejects.toThrow('not answer');
  });

  it.each(['create', 'update', undefined])('has nothing to say on %s', async (action) => {
    const event = action === undefined ? {} : stepOf(action);

    await expect(handlerFor([named('data')])(event, lambdaContext)).resolves.toBeUndefined();
  });
});
