import { describeValues, type SettingGroup, type SettingValues } from './link-settings.ts';
import type { Given, ManagerName, OwnRoute, OwnRule, PciIdentity } from './observed.ts';

/** One change on the host. Plain data, so a plan can be printed, compared and asserted on. */
export type HostAction =
  | {
      readonly type: 'remember';
      readonly macAddress: string;
      readonly device: PciIdentity;
      /** What the agent gave the link, and takes away when it is not asked for any more. */
      readonly given?: Given;
      /** The driver for DPDK that is ours to take away again; absent: none. */
      readonly boundTo?: string;
    }
  | { readonly type: 'set-mtu'; readonly link: string; readonly mtuBytes: number }
  | { readonly type: 'set-tx-queue-length'; readonly link: string; readonly packets: number }
  | {
      readonly type: 'set-link-settings';
      readonly link: string;
      readonly group: SettingGroup;
      readonly values: SettingValues;
    }
  | { readonly type: 'set-up'; readonly link: string }
  | { readonly type: 'set-down'; readonly link: string }
  | { readonly type: 'ignore-router-advertisements'; readonly link: string }
  | { readonly type: 'add-alt-name'; readonly link: string; readonly altName: string }
  | { readonly type: 'remove-alt-name'; readonly link: string; readonly altName: string }
  | { readonly type: 'add-address'; readonly link: string; readonly address: string }
  | { readonly type: 'remove-address'; readonly link: string; readonly address: string }
  | { readonly type: 'set-route'; readonly route: OwnRoute }
  | { readonly type: 'remove-route'; readonly route: OwnRoute }
  | { readonly type: 'add-rule'; readonly rule: OwnRule }
  | { readonly type: 'remove-rule'; readonly rule: OwnRule }
  | {
      readonly type: 'take-over';
      readonly manager: ManagerName;
      readonly eniId: string;
      readonly macAddress: string;
      readonly link: string;
    }
  | { readonly type: 'hand-back'; readonly manager: ManagerName; readonly eniId: string }
  | { readonly type: 'load-module'; readonly module: string }
  | { readonly type: 'enable-no-iommu' }
  | { readonly type: 'bind'; readonly device: PciIdentity; readonly driver: string }
  | { readonly type: 'restore-driver'; readonly device: PciIdentity }
  | { readonly type: 'back-up-plugin-config'; readonly text: string }
  | { readonly type: 'write-plugin-config'; readonly text: string }
  | { readonly type: 'write-network'; readonly file: string; readonly text: string }
  /** With a folder when it is one of before. */
  | { readonly type: 'remove-network'; readonly file: string; readonly folder?: string }
  | { readonly type: 'restart-plugin'; readonly advertised: readonly string[] }
  | { readonly type: 'forget'; readonly macAddress: string };

/** The action as one line for people. */
export const describeAction = (action: HostAction): string => {
  switch (action.type) {
    case 'remember':
      return `remember ${action.macAddress} at ${action.device.address}`;
    case 'forget':
      return `forget where ${action.macAddress} was`;
    case 'set-mtu':
      return `set the MTU of ${action.link} to ${action.mtuBytes}`;
    case 'set-tx-queue-length':
      return `set the transmit queue of ${action.link} to ${action.packets} packets`;
    case 'set-link-settings':
      return `set ${action.group} of ${action.link}: ${describeValues(action.values)}`;
    case 'set-up':
      return `set ${action.link} up`;
    case 'set-down':
      return `set ${action.link} down`;
    case 'ignore-router-advertisements':
      return `keep routers from giving ${action.link} addresses and routes`;
    case 'add-alt-name':
      return `give ${action.link} the name ${action.altName} as well`;
    case 'remove-alt-name':
      return `take the name ${action.altName} off ${action.link}`;
    case 'add-address':
      return `give ${action.link} the address ${action.address}`;
    case 'remove-address':
      return `take the address ${action.address} off ${action.link}`;
    case 'set-route':
      return `set the route to ${action.route.destination} by ${action.route.link} in table ${action.route.table}`;
    case 'remove-route':
      return `remove the route to ${action.route.destination} from table ${action.route.table}`;
    case 'add-rule':
      return `have ${action.rule.source} routed by table ${action.rule.table}`;
    case 'remove-rule':
      return `have ${action.rule.source} routed by table ${action.rule.table} no more`;
    case 'take-over':
      return `make ${action.manager} leave ${action.link} alone`;
    case 'hand-back':
      return `leave ${action.eniId} to ${action.manager} again`;
    case 'load-module':
      return `load the module ${action.module}`;
    case 'enable-no-iommu':
      return 'switch on the no-IOMMU mode of vfio';
    case 'bind':
      return `bind ${action.device.address} to ${action.driver}`;
    case 'restore-driver':
      return `give ${action.device.address} back to its kernel driver`;
    case 'back-up-plugin-config':
      return 'keep a copy of the broken configuration of the device plugin';
    case 'write-plugin-config':
      return 'write the configuration of the device plugin';
    case 'write-network':
      return `write ${action.file} for Multus`;
    case 'remove-network':
      return `take ${action.file} away from ${action.folder ?? 'Multus'}`;
    case 'restart-plugin':
      return 'restart the device plugin on this node';
    default:
      return action satisfies never;
  }
};
