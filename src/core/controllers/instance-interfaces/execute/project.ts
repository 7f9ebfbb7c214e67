import { failureOf } from '#core/errors.ts';
import type { InterfaceAction } from '#core/instance/interface-action.ts';
import type { Observed } from '#core/instance/observed.ts';
import type { OurInterface } from '#core/instance/ownership.ts';
import type { InstanceInterface } from '#core/ports/cloud.ts';
import { subnetsAfter } from '../plan/subnet-room.ts';
import type { ActionResult } from './execute.ts';

const patchEni = (
  observed: Observed,
  eniId: string,
  patch: (eni: OurInterface) => OurInterface,
): Observed => ({
  ...observed,
  ours: observed.ours.map((eni) => (eni.eniId === eniId ? patch(eni) : eni)),
});

const addInterface = (observed: Observed, added: InstanceInterface): Observed =>
  observed.instance === undefined
    ? observed
    : {
        ...observed,
        instance: {
          ...observed.instance,
          interfaces: [...observed.instance.interfaces, added],
        },
      };

const attached = (
  observed: Observed,
  action: Extract<InterfaceAction, { type: 'attach' }>,
  attachmentId: string,
): Observed => {
  const { eniId, deviceIndex, networkCardIndex } = action;
  // A hot attach starts with the flag off ("AttachNetworkInterface").
  const attachment = {
    attachmentId,
    deviceIndex,
    networkCardIndex,
    status: 'attaching',
    deleteOnTermination: false,
  } as const;
  const withEni = patchEni(observed, eniId, (eni) => ({
    ...eni,
    status: 'in-use',
    attachment: { ...attachment, instanceId: observed.instanceId },
  }));
  return addInterface(withEni, { eniId, ...attachment });
};

const withTaken = (
  observed: Observed,
  action: InterfaceAction,
  subnetId: string | undefined,
): Observed => ({
  ...observed,
  subnets: subnetsAfter(observed.subnets, [{ action, subnetId }]),
});

const succeeded = (observed: Observed, result: ActionResult): Observed => {
  const { action } = result;
  switch (action.type) {
    case 'create':
      return result.created === undefined
        ? observed
        : withTaken(
            { ...observed, ours: [...observed.ours, { ...result.created, isUnseen: true }] },
            action,
            result.created.subnetId,
          );
    case 'attach':
      return attached(observed, action, result.attachmentId ?? '');
    case 'set-delete-on-termination':
      return patchEni(observed, action.eniId, ({ attachment, ...eni }) => ({
        ...eni,
        ...(attachment && { attachment: { ...attachment, deleteOnTermination: action.value } }),
      }));
    case 'set-groups':
      return patchEni(observed, action.eniId, (eni) => ({ ...eni, groupIds: action.groupIds }));
    case 'set-description':
      return patchEni(observed, action.eniId, (eni) => ({
        ...eni,
        description: action.description,
      }));
    case 'set-source-dest-check':
      return patchEni(observed, action.eniId, (eni) => ({ ...eni, sourceDestCheck: action.value }));
    case 'assign-addresses':
      // Which addresses came is for the next describe to say.
      return withTaken(
        observed,
        action,
        observed.ours.find(({ eniId }) => eniId === action.eniId)?.subnetId,
      );
    case 'set-tags':
      return patchEni(observed, action.eniId, (eni) => ({
        ...eni,
        tags: { ...eni.tags, ...action.tags },
      }));
    case 'restore-tags':
      return patchEni(observed, action.eniId, ({ wornTags: _, ...eni }) => ({
        ...eni,
        tags: { ...eni.tags, ...action.tags },
      }));
    case 'remove-tags':
      return patchEni(observed, action.eniId, (eni) => ({
        ...eni,
        tags: Object.fromEntries(
          Object.entries(eni.tags).filter(([key]) => !action.keys.includes(key)),
        ),
      }));
    case 'detach':
      return patchEni(observed, action.eniId, ({ attachment, ...eni }) => ({
        ...eni,
        status: 'detaching',
        ...(attachment && { attachment: { ...attachment, status: 'detaching' } }),
      }));
    case 'give-up':
    case 'delete':
      return {
        ...observed,
        ours: observed.ours.filter(({ eniId }) => eniId !== action.eniId),
        deletedSlots: [...observed.deletedSlots, action.slot],
      };
    default:
      return action satisfies never;
  }
};

/** EC2 said the index is taken although no describe showed it: the next plan must not choose it again. */
const conflicted = (observed: Observed, action: InterfaceAction): Observed =>
  action.type === 'attach'
    ? addInterface(observed, {
        eniId: 'another interface',
        attachmentId: '',
        deviceIndex: action.deviceIndex,
        networkCardIndex: action.networkCardIndex,
        status: 'attached',
        deleteOnTermination: false,
      })
    : observed;

/** The observation as it must be after these results, so that the next step needs no describe. */
export const project = (observed: Observed, results: readonly ActionResult[]): Observed =>
  results.reduce((world, result) => {
    if (result.error === undefined) return succeeded(world, result);
    return failureOf(result.error) === 'Conflict' ? conflicted(world, result.action) : world;
  }, observed);
