/** A mistake somebody could make, as an edit of one place in the sources. */
export interface KnownBug {
  readonly name: string;
  readonly file: string;
  readonly good: string;
  readonly bad: string;
}

const CONTROLLERS = 'src/core/controllers';

/** Each is to be caught by the campaign. */
export const KNOWN_BUGS: readonly KnownBug[] = [
  {
    name: 'token without incarnation',
    file: `${CONTROLLERS}/instance-interfaces/creation.ts`,
    good: '      subnet.subnetId,\n      incarnation,\n',
    bad: '      subnet.subnetId,\n',
  },
  {
    name: 'create before its parameters are stored',
    file: `${CONTROLLERS}/instance-interfaces/look.ts`,
    good: 'const stored = mustRecordFirst(changes, look.observed)',
    bad: 'const stored = mustRecordFirst({}, look.observed)',
  },
  {
    name: 'an unseen ENI counts as gone at once',
    file: `${CONTROLLERS}/instance-interfaces/plan-wanted.ts`,
    good: 'const isTooSoon = freshSeconds > 0;',
    bad: 'const isTooSoon = false;',
  },
  {
    name: 'orphans are never marked',
    file: `${CONTROLLERS}/sweep/plan.ts`,
    good: 'orphans.filter((eni) => !isMarked(eni))',
    bad: 'orphans.filter(() => false)',
  },
  {
    name: 'hook completed before the interfaces are attached',
    file: `${CONTROLLERS}/lifecycle-hooks/plan.ts`,
    good: 'readiness.isKnown && missing.length === 0',
    bad: 'readiness.isKnown',
  },
  {
    name: 'an ENI attached elsewhere is still used',
    file: `${CONTROLLERS}/instance-interfaces/belonging.ts`,
    good: '  attachment.instanceId !== instanceId;',
    bad: '  attachment.instanceId === "";',
  },
  {
    name: 'finalizer goes although EC2 was not asked',
    file: `${CONTROLLERS}/roll-up/plan.ts`,
    good: 'remaining !== undefined && holders.length + remaining.length + unadopted.length === 0',
    bad: 'holders.length + unadopted.length === 0',
  },
  {
    name: 'labels of a missing Node count as not matching',
    file: `${CONTROLLERS}/instance-interfaces/wishes.ts`,
    good: "if (node === undefined) return isPredicted ? 'yes' : 'unknown';",
    bad: "if (node === undefined) return isPredicted ? 'yes' : 'no';",
  },
  {
    name: 'a slot is forgotten while its create call may be on its way',
    file: `${CONTROLLERS}/instance-interfaces/plan-release.ts`,
    good: 'if (!isDeleted && leaving.record?.create !== undefined && age < VISIBILITY_SECONDS)',
    bad: 'if (age < 0)',
  },
  {
    name: 'a slot remembers an ENI that somebody took',
    file: `${CONTROLLERS}/instance-interfaces/taken.ts`,
    good: "isTaken && record.phase === 'Present'",
    bad: "isTaken && record.phase === 'Releasing'",
  },
  {
    name: 'waiting instances are left to their events',
    file: `${CONTROLLERS}/sweep/controller.ts`,
    good: '          ...waiting.map(({ instanceId }) => instanceId),\n',
    bad: '',
  },
  {
    name: 'an index that nobody can leave is given away',
    file: `${CONTROLLERS}/instance-interfaces/seats.ts`,
    good: 'if (stuck.length === 0) return seats;',
    bad: 'return seats;',
  },
];
