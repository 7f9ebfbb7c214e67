/** What `sst.config.ts` says about the app, before anything is deployed. */
export interface AppConfig {
  readonly name: string;
  readonly home: string;
  readonly removal?: string;
  readonly protect?: boolean;
  readonly providers: Readonly<Record<string, string>>;
}

interface Configuration {
  app(input: { readonly stage: string }): AppConfig;
}

/** Reads the app's part of the configuration as SST does: `$config` hands back what it is given. */
export const readAppConfig = async (stage: string): Promise<AppConfig> => {
  Object.assign(globalThis, { $config: (configuration: Configuration) => configuration });
  const file = new URL('../../../sst.config.ts', import.meta.url).href;
  const loaded = (await import(file)) as { default: Configuration };
  return loaded.default.app({ stage });
};
