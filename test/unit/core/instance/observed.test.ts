import { describe, expect, it } from 'vitest';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { hasAgent, isGone, secondsSince } from '#core/instance/observed.ts';
import type { Instance } from '#core/ports/cloud.ts';
import { ago, anInstance, anObservation, aState, NOW, without } from '#test/support/builders.ts';

const missingFor = (seconds: number): NodeEniState => ({
  ...aState(),
  spec: { missingSince: ago(seconds) },
});
const { status: _, ...SILENT } = aState();

describe('secondsSince', () => {
  it('is endless for what never was', () => {
    expect(secondsSince(ago(1.5), NOW)).toBe(1.5);
    expect(secondsSince(undefined, NOW)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('isGone', () => {
  it.each<[Instance['state'], boolean]>([
    ['terminated', true],
    ['shutting-down', false],
    ['stopped', false],
    ['running', false],
  ])('tells of an instance that is %s: %s', (state, gone) => {
    expect(isGone(anObservation({ instance: anInstance({ state }) }))).toBe(gone);
  });

  it.each<[string, NodeEniState | undefined, boolean]>([
    ['of which nothing is written', undefined, true],
    ['that is missing for the first time', aState(), false],
    ['that is missing for less than a minute', missingFor(59), false],
    ['that is missing for a minute', missingFor(60), true],
  ])('tells of an instance %s', (_name, state, gone) => {
    const unknown = without(anObservation(), 'instance');

    expect(isGone({ ...unknown, ...(state && { state }) })).toBe(gone);
  });
});

describe('hasAgent', () => {
  const command = { digest: '', bootedAt: '', sentAt: '', commandId: 'command-1', failures: 0 };
  const row = { eniId: 'eni-1', generation: 1 };

  it.each<[string, NodeEniState | undefined, boolean]>([
    ['nothing is written', undefined, false],
    ['nobody has reported', SILENT, false],
    ['no report is left', aState({}, { host: {} }), false],
    ['somebody has reported', aState({}, { host: { 'data/subnet-a': row } }), true],
    ['a command runs', { ...SILENT, spec: { hostCommand: command } }, true],
  ])('tells, where %s', (_name, state, has) => {
    expect(hasAgent(anObservation({ ...(state && { state }) }))).toBe(has);
  });
});
