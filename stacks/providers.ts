import type { Options } from './options.ts';

/** Where a provider is not in the app's configuration, SST puts nothing under its name. */
const isThere = {
  aws: () => typeof aws !== 'undefined',
  kubernetes: () => typeof kubernetes !== 'undefined',
  random: () => typeof random !== 'undefined',
} as const;

/** Throws an Error that says which providers the app lacks for an installation with these options. */
export const requireProviders = ({
  manifests,
  webhook,
}: Pick<Options, 'manifests' | 'webhook'>): void => {
  const needed = [
    'aws' as const,
    ...(manifests ? ['kubernetes' as const] : []),
    ...(webhook.isOn ? ['random' as const] : []),
  ];
  const missing = needed.filter((provider) => !isThere[provider]());
  if (missing.length > 0)
    throw new Error(
      `nodeeni needs these providers in the app of sst.config.ts: ${missing.join(', ')}. Run: sst add ${missing.join(' ')}`,
    );
};
