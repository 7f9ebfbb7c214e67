import type { Manifest } from '#core/manifests/manifest.ts';

/** The one object of this kind and name. Throws when there is none. */
export const found = (manifests: readonly Manifest[], kind: string, name: string): Manifest => {
  const manifest = manifests.find((one) => one.kind === kind && one.metadata.name === name);
  if (manifest === undefined) throw new Error(`there is no ${kind} ${name}`);
  return manifest;
};
