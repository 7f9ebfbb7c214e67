import type { HostAction } from './actions.ts';
import { DPDK_DRIVERS } from './drivers.ts';
import { type Finding, finding } from './finding.ts';
import { holderOf } from './holders.ts';
import { identityOf, type PresentSubject } from './identity.ts';
import type { ObservedHost, PciDevice } from './observed.ts';
import type { Settings } from './settings.ts';
import { type SlotPlan, slotPlan } from './slot-plan.ts';

const isEna = ({ id }: PciDevice): boolean => id.startsWith('1d0f:');

const igbUioNotes = ({ isWriteCombining }: ObservedHost): Finding[] => {
  if (isWriteCombining === true) return [];
  return isWriteCombining === false
    ? [finding('NoWriteCombining', 'igb_uio was loaded without wc_activate=1: ENA is slow.')]
    : [
        finding(
          'WriteCombiningUnknown',
          'igb_uio was loaded by somebody else, and does not show whether with wc_activate=1, which ENA needs.',
        ),
      ];
};

/** What a person should know of a device that is bound as asked. */
const notesOn = (device: PciDevice, host: ObservedHost): Finding[] => [
  ...(device.isNoIommu
    ? [finding('NoIommu', 'vfio runs without an IOMMU: the device can reach all memory.')]
    : []),
  // Without it an ENA of the newer generations is slow, and nothing says so ("DPDK driver for ENA", amzn-drivers).
  ...(isEna(device) && device.driver === 'igb_uio' ? igbUioNotes(host) : []),
  ...(isEna(device) && device.driver === 'vfio-pci'
    ? [
        finding(
          'WriteCombiningUnknown',
          'A stock vfio-pci maps no memory write-combined, which ENA of the 6th generation and later needs.',
        ),
      ]
    : []),
  ...(host.hugePages === 0
    ? [
        finding(
          'NoHugePages',
          'The host has no huge pages, without which a DPDK program does not start: set them aside in the AMI or by the kernel line.',
        ),
      ]
    : []),
];

const planNoIommu = (
  { device }: PresentSubject,
  { noIommu }: ObservedHost,
  { allowsNoIommu }: Settings,
): HostAction[] | Finding => {
  if (device.iommuGroup !== undefined || noIommu === 'on') return [];
  if (noIommu === 'absent')
    return finding(
      'NoIommuUnsupported',
      'The host has no IOMMU, and its kernel lacks the no-IOMMU mode of vfio (CONFIG_VFIO_NOIOMMU).',
    );
  return allowsNoIommu
    ? [{ type: 'enable-no-iommu' }]
    : finding('NoIommuRefused', 'The host has no IOMMU, and the agent may not do without one.');
};

const planBind = (
  subject: PresentSubject,
  driver: string,
  host: ObservedHost,
  settings: Settings,
): HostAction[] | Finding => {
  // What vfio can do is known once its module is there: the bind comes with the next pass.
  if (!host.drivers.includes(driver)) return [{ type: 'load-module', module: driver }];
  const mode = driver === 'vfio-pci' ? planNoIommu(subject, host, settings) : [];
  return 'reason' in mode
    ? mode
    : [...mode, { type: 'bind', device: identityOf(subject.device), driver }];
};

/** What binds a device to the driver that a DPDK program uses. Nothing is unbound that could not be bound again. */
export const planDpdk = (
  subject: PresentSubject,
  driver: string,
  host: ObservedHost,
  settings: Settings,
): SlotPlan => {
  const { device, link } = subject;
  if (!DPDK_DRIVERS.some((name) => name === driver))
    return slotPlan(subject, {
      finding: finding(
        'UnsupportedDriver',
        `${driver} is no driver for DPDK; write one of ${DPDK_DRIVERS.join(', ')}.`,
      ),
    });
  if (device.driver === driver) return slotPlan(subject, { notes: notesOn(device, host) });
  if (link?.isSettled === false)
    return slotPlan(subject, {
      finding: finding('WaitingForUdev', `udev has not finished with ${link.name}.`),
    });

  const holder = holderOf(subject, host);
  if (holder !== undefined)
    return slotPlan(subject, {
      inUseBy: holder,
      finding: finding(
        'InUse',
        `${holder} uses ${device.address}, which is to be bound to ${driver}.`,
      ),
    });
  const steps = planBind(subject, driver, host, settings);
  return slotPlan(subject, 'reason' in steps ? { finding: steps } : { actions: steps });
};
