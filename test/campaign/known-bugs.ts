import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A mistake somebody could make, as an edit of one place in the sources. */
interface KnownBug {
  readonly name: string;
  readonly file: string;
  readonly good: string;
  readonly bad: string;
}

const CONTROLLERS = 'src/core/controllers';

const KNOWN_BUGS: readonly KnownBug[] = [
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
    good: 'const isTooSoon = age < VISIBILITY_SECONDS + TRY_NOTE_SECONDS;',
    bad: 'const isTooSoon = age < 0;',
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
    good: '          ...waitingIn(snapshot),\n',
    bad: '',
  },
  {
    name: 'an index that nobody can leave is given away',
    file: `${CONTROLLERS}/instance-interfaces/seats.ts`,
    good: 'if (stuck.length === 0) return seats;',
    bad: 'return seats;',
  },
];

const MOST_SEEDS = 2000;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const plant = (folder: string, { name, file, good, bad }: KnownBug): void => {
  const path = join(folder, file);
  const source = readFileSync(path, 'utf8');
  if (!source.includes(good)) throw new Error(`"${name}" does not fit ${file} any more.`);
  writeFileSync(path, source.replace(good, bad));
};

/** The seed that catches the bug, counted from 1; undefined when none of them does. */
const hunt = (bug: KnownBug): number | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'nodeeni-bug-'));
  try {
    for (const part of ['package.json', 'src', 'functions', 'test'])
      cpSync(join(ROOT, part), join(folder, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    plant(folder, bug);
    const args = ['test/campaign/main.ts', `--seeds=${MOST_SEEDS}`, '--first'];
    execFileSync(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    return undefined;
  } catch (error) {
    const said = String((error as { readonly stdout?: Buffer }).stdout ?? '');
    const seed = /^seed (\d+)/m.exec(said)?.[1];
    if (seed === undefined) throw error;
    return Number(seed);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

let missed = 0;
for (const bug of KNOWN_BUGS) {
  const seed = hunt(bug);
  if (seed === undefined) missed += 1;
  const verdict =
    seed === undefined ? `not caught by ${MOST_SEEDS} seeds` : `caught by seed ${seed}`;
  process.stdout.write(`${bug.name.padEnd(56)} ${verdict}\n`);
}
process.stdout.write(`${KNOWN_BUGS.length - missed} passed, ${missed} failed\n`);
process.exit(missed > 0 ? 1 : 0);
