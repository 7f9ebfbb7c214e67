import { describe, expect, it } from 'vitest';
import { asksForUid, hookFault, hookSettings } from '#core/scaling/hook-metadata.ts';

const settingsOf = (
  metadata: unknown,
  cluster: { name: string; uid?: string } = { name: 'prod' },
) => hookSettings({ notificationMetadata: JSON.stringify(metadata) }, cluster);

describe('hookSettings', () => {
  it('fills in what a hook does not say', () => {
    expect(settingsOf({ cluster: 'prod' })).toEqual({
      cluster: 'prod',
      completeWhen: 'Attached',
      deadlineSeconds: 900,
      onDeadline: 'ABANDON',
    });
  });

  it('reads what a hook says', () => {
    const said = {
      cluster: 'prod',
      clusterUid: 'uid-1',
      completeWhen: 'Configured',
      deadlineSeconds: 120,
      onDeadline: 'CONTINUE',
      labels: { ng: 'multi-eni' },
      nodeENIs: ['data'],
    };

    expect(settingsOf(said, { name: 'prod', uid: 'uid-1' })).toEqual(said);
  });

  it.each([
    { name: 'another cluster', metadata: { cluster: 'test' } },
    { name: 'no cluster', metadata: { deadlineSeconds: 120 } },
    { name: 'a deadline that is too short', metadata: { cluster: 'prod', deadlineSeconds: 29 } },
    {
      name: 'a deadline beyond what Auto Scaling waits',
      metadata: { cluster: 'prod', deadlineSeconds: 172_801 },
    },
    { name: 'half a second', metadata: { cluster: 'prod', deadlineSeconds: 60.5 } },
    { name: 'a result that there is not', metadata: { cluster: 'prod', onDeadline: 'WAIT' } },
    { name: 'nobody who may hold it', metadata: { cluster: 'prod', nodeENIs: [] } },
    { name: 'a holder that is no text', metadata: { cluster: 'prod', nodeENIs: [1] } },
    {
      name: 'holders by what there is not',
      metadata: { cluster: 'prod', nodeENIs: { matchNames: ['data'] } },
    },
    { name: 'labels that are no text', metadata: { cluster: 'prod', labels: { ng: 1 } } },
  ])('takes a hook that tells of $name for somebody else', ({ metadata }) => {
    expect(settingsOf(metadata)).toBeUndefined();
  });

  it.each([30, 172_800])('takes a deadline of %i seconds', (deadlineSeconds) => {
    expect(settingsOf({ cluster: 'prod', deadlineSeconds })).toMatchObject({ deadlineSeconds });
  });

  it.each(['', 'not JSON', 'null', '"prod"'])(
    'copes with the metadata %j',
    (notificationMetadata) => {
      expect(hookSettings({ notificationMetadata }, { name: 'prod' })).toBeUndefined();
    },
  );

  it.each([
    { said: 'uid-1', uid: 'uid-1', isOurs: true },
    { said: 'uid-1', uid: 'uid-2', isOurs: false },
    { said: 'uid-1', uid: undefined, isOurs: false },
    { said: undefined, uid: 'uid-2', isOurs: true },
  ])(
    'tells clusters of one name apart by their uids, and keeps off while ours is not known: $said, $uid',
    ({ said, uid, isOurs }) => {
      const settings = settingsOf(
        { cluster: 'prod', ...(said && { clusterUid: said }) },
        { name: 'prod', ...(uid && { uid }) },
      );

      expect(settings !== undefined).toBe(isOurs);
    },
  );
});

describe('hookFault', () => {
  const faultOf = (notificationMetadata: string, uid?: string) =>
    hookFault({ notificationMetadata }, { name: 'prod', ...(uid && { uid }) });

  it.each([
    { metadata: '{"cluster":"prod","deadlineSeconds":29}', fault: /^deadlineSeconds: .*30$/ },
    { metadata: '{"cluster":"prod","onDeadline":"WAIT"}', fault: /^onDeadline: / },
    { metadata: '{"cluster":"prod","nodeENIs":[]}', fault: /^nodeENIs: / },
    { metadata: '{ "cluster": "prod", "deadlineSeconds": 60, }', fault: /^it is no JSON$/ },
    { metadata: "{ 'cluster': 'prod' }", fault: /^it is no JSON$/ },
    { metadata: '{deadlineSeconds: 60, cluster: prod}', fault: /^it is no JSON$/ },
  ])('says what of a hook of ours cannot be read: $metadata', ({ metadata, fault }) => {
    expect(faultOf(metadata)).toMatch(fault);
  });

  it.each([
    '{"cluster":"prod"}',
    '{"cluster":"test","deadlineSeconds":29}',
    '{"deadlineSeconds":29}',
    '{ "cluster": "test", }',
    '{ cluster: prod-2 }',
    'cluster: prod',
    'drain prod',
    '',
  ])('finds no fault of ours in the metadata %j', (metadata) => {
    expect(faultOf(metadata)).toBeUndefined();
  });

  it.each([
    { uid: 'uid-1', isOurs: true },
    { uid: 'uid-2', isOurs: false },
    { uid: undefined, isOurs: false },
  ])('leaves the faults of a namesake to it: $uid', ({ uid, isOurs }) => {
    const metadata = '{"cluster":"prod","clusterUid":"uid-1","deadlineSeconds":29}';

    expect(asksForUid({ notificationMetadata: metadata }, 'prod')).toBe(true);
    expect(faultOf(metadata, uid) !== undefined).toBe(isOurs);
  });
});
