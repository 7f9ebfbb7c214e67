import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import { NODE_ENI_STATES, NODE_ENIS } from '#providers/kubernetes/resources.ts';
import type { SimulatedInterface } from '#simulator/ec2/model.ts';
import type { Stage } from './stage.ts';

/** Whoever attached an interface elsewhere has taken it from us: it counts for no slot until its tags go. */
const isTaken = ({ attachment, tags }: SimulatedInterface): boolean =>
  attachment !== undefined && attachment.instanceId !== tags.get(TAGS.instance);

const slotOf = ({ tags }: SimulatedInterface): string =>
  [TAGS.uid, TAGS.instance, TAGS.subnet].map((key) => tags.get(key)).join(' ');

/** Who deletes the record of a create call that is under way takes away what a second one is prevented by. */
const FORGIVEN_SECONDS = 1200;

const isForgiven = ({ tags }: SimulatedInterface, { forgottenMs, clock }: Stage): boolean => {
  const atMs = forgottenMs.get(tags.get(TAGS.instance) ?? '');
  return atMs !== undefined && clock.now().getTime() - atMs < FORGIVEN_SECONDS * 1000;
};

const doubles = (stage: Stage): readonly string[] =>
  [
    ...Map.groupBy(
      stage.ours().filter((eni) => !isTaken(eni) && !isForgiven(eni, stage)),
      slotOf,
    ),
  ]
    .filter(([, enis]) => enis.length > 1)
    .map(
      ([slot, enis]) => `${enis.map(({ eniId }) => eniId).join(' and ')} hold one slot, ${slot}`,
    );

/** EC2 may not show an ENI that is younger, and without its record nobody else can tell of it. */
const UNSEEN_SECONDS = 60;

const isUnseen = (eni: SimulatedInterface, stage: Stage): boolean =>
  isForgiven(eni, stage) && stage.clock.now().getTime() - eni.createdAt < UNSEEN_SECONDS * 1000;

/** Checks what must hold at every moment, whatever goes wrong. Out: `look`, which tells what does not hold now. */
export const createInvariants = (stage: Stage) => {
  const seenUids = new Set<string>();
  /** What nobody could know of when its NodeENI went; the sweep must find it. */
  const unseen = new Set<string>();

  return async (): Promise<readonly string[]> => {
    const { kubernetes, hosts, referee } = stage;
    const nodeEnis = kubernetes.stored(NODE_ENIS);
    const states = kubernetes.stored(NODE_ENI_STATES) as unknown as readonly NodeEniState[];
    const living = new Set(nodeEnis.map(({ metadata }) => metadata.uid ?? ''));
    for (const uid of living) seenUids.add(uid);
    const ours = stage.ours();
    const left = ours
      .filter((eni) => !isTaken(eni))
      .filter(({ tags }) => {
        const uid = tags.get(TAGS.uid) ?? '';
        return seenUids.has(uid) && !living.has(uid) && !stage.forced.has(uid);
      });
    for (const eni of left) if (isUnseen(eni, stage)) unseen.add(eni.eniId);
    return [
      ...referee.takeFouls(),
      ...stage.launches.takeFouls(),
      ...doubles(stage),
      ...left
        .filter(({ eniId }) => !unseen.has(eniId))
        .map(({ eniId }) => `a finalizer let go while EC2 has ${eniId}`),
      ...(await hosts.act(states)),
    ];
  };
};
