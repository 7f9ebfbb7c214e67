import { fileURLToPath, pathToFileURL } from 'node:url';

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

const OURS = fileURLToPath(new URL('../../../sst.config.ts', import.meta.url));

/** Reads the app's part of a configuration, ours by default, as SST does: `$config` hands back what it is given. */
export const readAppConfig = async (stage: string, file: string = OURS): Promise<AppConfig> => {
  Object.assign(globalThis, { $config: (configuration: Configuration) => configuration });
  const loaded = (await import(pathToFileURL(file).href)) as { default: Configuration };
  return loaded.default.app({ stage });
};
