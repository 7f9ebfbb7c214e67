import { describe, expect, it } from 'vitest';
import type { InstanceReadiness } from '#core/readiness.ts';
import { readinessFor } from '#core/scaling/holding.ts';

const missing = (name: string, labels: Record<string, string> = {}) => ({
  slot: `${name}/subnet-a`,
  holder: { name, labels },
  reason: 'SubnetNotFound',
  message: 'Not there.',
});

const READINESS: InstanceReadiness = {
  isKnown: true,
  unattached: [missing('data'), missing('guest', { team: 'guests' })],
  unconfigured: [missing('voice', { team: 'net' })],
  isFlagPending: true,
};

const heldBy = ({ unattached, unconfigured }: InstanceReadiness): string[] =>
  [...unattached, ...unconfigured].map(({ holder }) => holder?.name ?? '');

describe('readinessFor', () => {
  it('lets each NodeENI hold the launch where the hook does not say', () => {
    expect(readinessFor({}, READINESS)).toBe(READINESS);
  });

  it('lets those hold it that the hook names', () => {
    const readiness = readinessFor({ nodeENIs: ['data', 'voice'] }, READINESS);

    expect(heldBy(readiness)).toEqual(['data', 'voice']);
    expect(readiness).toMatchObject({ isKnown: true, isFlagPending: true });
  });

  it('lets those hold it that carry the labels', () => {
    const readiness = readinessFor({ nodeENIs: { matchLabels: { team: 'net' } } }, READINESS);

    expect(heldBy(readiness)).toEqual(['voice']);
  });

  it('does not wait to know whether others select the node', () => {
    const undecided = [{ name: 'guest', labels: {} }];
    const unknown = { ...READINESS, isKnown: false };

    const known = (nodeENIs: string[], more: Partial<InstanceReadiness> = { undecided }) =>
      readinessFor({ nodeENIs }, { ...unknown, ...more }).isKnown;

    expect(known(['data'])).toBe(true);
    expect(known(['data', 'guest'])).toBe(false);
    expect(known(['data'], {})).toBe(false);
  });

  it('lets hold it what nobody can tell the NodeENI of', () => {
    const unattached = [{ slot: 'x', reason: 'Unknown', message: '' }];

    expect(readinessFor({ nodeENIs: ['data'] }, { ...READINESS, unattached }).unattached).toEqual(
      unattached,
    );
  });
});
