/** What whoever runs the agent decides, the same for every interface of the host. */
export interface Settings {
  /** Vendor and device of the PCI devices that may be touched (`1d0f:ec20`); `*` allows all. */
  readonly pciIds: readonly string[];
  /** True: vfio's no-IOMMU mode is switched on where there is no IOMMU and a NodeENI asks for vfio-pci. */
  readonly allowsNoIommu: boolean;
  /** False: the device plugin's configuration is left alone, and no interface waits for it. */
  readonly advertises: boolean;
  /** True: a configuration that is not JSON is replaced after it was backed up. */
  readonly replacesCorruptConfig: boolean;
}

/**
 * What of the traffic was shaped because an allowance of the instance was exceeded, and how many more connections it may have
 * ("Monitor network performance for your Amazon EC2 instance").
 */
export const ENA_COUNTERS = [
  'bw_in_allowance_exceeded',
  'bw_out_allowance_exceeded',
  'pps_allowance_exceeded',
  'conntrack_allowance_exceeded',
  'linklocal_allowance_exceeded',
  'conntrack_allowance_available',
];

/** Elastic Network Adapters (`modinfo ena`, the Linux ENA driver). */
export const ENA_PCI_IDS = ['1d0f:ec20', '1d0f:ec21', '1d0f:0ec2', '1d0f:1ec2', '1d0f:0051'];
