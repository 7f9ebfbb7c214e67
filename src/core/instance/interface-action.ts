import type { CreateParameters, Slot } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { AddressCounts } from '#core/ports/cloud.ts';

/**
 * One change to make in EC2. Plain data, so a plan can be printed, compared and asserted on.
 * At most one step a slot in one plan; the next plan sees what it did.
 */
export type InterfaceAction =
  | { readonly type: 'create'; readonly slot: Slot; readonly parameters: CreateParameters }
  | {
      readonly type: 'attach';
      readonly slot: Slot;
      readonly eniId: string;
      readonly deviceIndex: number;
      readonly networkCardIndex: number;
    }
  | {
      readonly type: 'set-delete-on-termination';
      readonly slot: Slot;
      readonly eniId: string;
      readonly attachmentId: string;
      readonly value: boolean;
    }
  | {
      readonly type: 'set-groups';
      readonly slot: Slot;
      readonly eniId: string;
      readonly groupIds: readonly string[];
    }
  | {
      readonly type: 'set-description';
      readonly slot: Slot;
      readonly eniId: string;
      readonly description: string;
    }
  | {
      readonly type: 'set-source-dest-check';
      readonly slot: Slot;
      readonly eniId: string;
      readonly value: boolean;
    }
  | ({
      readonly type: 'assign-addresses';
      readonly slot: Slot;
      readonly eniId: string;
      /** Pods need more than the NodeENI asks for. */
      readonly isGrowth?: true;
    } & AddressCounts)
  | {
      readonly type: 'set-tags';
      readonly slot: Slot;
      readonly eniId: string;
      readonly tags: Readonly<Record<string, string>>;
    }
  /** Tags that we, and the VPC CNI, know the ENI by, and that somebody took off. */
  | {
      readonly type: 'restore-tags';
      readonly slot: Slot;
      readonly eniId: string;
      readonly tags: Readonly<Record<string, string>>;
    }
  | {
      readonly type: 'remove-tags';
      readonly slot: Slot;
      readonly eniId: string;
      readonly keys: readonly string[];
    }
  /** Someone attached the ENI elsewhere: our tags go, and with them every right to touch it. */
  | {
      readonly type: 'give-up';
      readonly slot: Slot;
      readonly eniId: string;
      readonly tags: Readonly<Record<string, string>>;
    }
  | {
      readonly type: 'detach';
      readonly slot: Slot;
      readonly eniId: string;
      readonly attachmentId: string;
    }
  | { readonly type: 'delete'; readonly slot: Slot; readonly eniId: string };

/** Kinds of calls. What is refused of one kind holds back no other. */
export type Purpose =
  | InterfaceAction['type']
  | 'assign-ipv4'
  | 'assign-ipv6'
  | 'assign-ipv4-prefixes'
  | 'assign-ipv6-prefixes'
  | 'grow-prefixes';

export const purposeOf = (action: InterfaceAction): Purpose => {
  if (action.type !== 'assign-addresses') return action.type;
  if (action.isGrowth === true) return 'grow-prefixes';
  if (action.ipv4PrefixCount !== undefined) return 'assign-ipv4-prefixes';
  if (action.ipv6PrefixCount !== undefined) return 'assign-ipv6-prefixes';
  return action.ipv6AddressCount === undefined ? 'assign-ipv4' : 'assign-ipv6';
};

/** The action as one line a person reads. */
export const describeAction = (action: InterfaceAction): string => {
  switch (action.type) {
    case 'create':
      return `create an ENI in ${action.parameters.subnetId} for ${action.slot}`;
    case 'attach':
      return `attach ${action.eniId} at device index ${action.deviceIndex} for ${action.slot}`;
    case 'set-delete-on-termination':
      return `set delete-on-termination of ${action.eniId} to ${action.value}`;
    case 'set-groups':
      return `set the security groups of ${action.eniId} to ${action.groupIds.join(', ')}`;
    case 'set-description':
      return `set the description of ${action.eniId}`;
    case 'set-source-dest-check':
      return `set the source/destination check of ${action.eniId} to ${action.value}`;
    case 'assign-addresses':
      if (action.isGrowth === true) return `assign one more prefix to ${action.eniId} for pods`;
      return purposeOf(action).endsWith('prefixes')
        ? `assign more prefixes to ${action.eniId}`
        : `assign more addresses to ${action.eniId}`;
    case 'set-tags':
      return `set tags ${Object.keys(action.tags).join(', ')} of ${action.eniId}`;
    case 'restore-tags':
      return `put back tags ${Object.keys(action.tags).join(', ')} of ${action.eniId}`;
    case 'remove-tags':
      return `remove tags ${action.keys.join(', ')} of ${action.eniId}`;
    case 'give-up':
      return `give up ${action.eniId}, which is attached to another instance`;
    case 'detach':
      return `detach ${action.eniId}`;
    case 'delete':
      return `delete ${action.eniId}`;
    default:
      return action satisfies never;
  }
};
