/**
 * A PCI address as sysfs writes it: with domain and in lower case (`0000:00:06.0`). What is no PCI address comes
 * back unchanged, and so equals no device's.
 */
export const normalPciAddress = (address: string): string => {
  const parts = /^(?:([0-9a-f]{4}):)?([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$/i.exec(address.trim());
  if (parts === null) return address;
  const [, domain = '0000', bus, device, fn] = parts;
  return `${domain}:${bus}:${device}.${fn}`.toLowerCase();
};

const WRITTEN = /^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;

/** True for a PCI address as sysfs writes it. */
export const isPciAddress = (text: string | undefined): text is string =>
  text !== undefined && WRITTEN.test(text);
