import { join } from 'node:path';
import { createArgumentCheck } from './argument-faults.ts';
import { readArgumentTypes } from './argument-types.ts';
import type { Account } from './aws/kind.ts';
import { type AwsChange, createAwsProvider } from './aws/provider.ts';
import { loadProtocol } from './platform-modules.ts';
import { serveProvider } from './provider.ts';
import { createRandomProvider } from './random-provider.ts';

type Watch = (change: AwsChange) => Promise<void> | void;

export type StandInOptions = {
  /** The folder with SST's sources. */
  readonly platform: string;
  /** The versions of the providers that `sst.config.ts` pins. */
  readonly versions: Readonly<Record<string, string>>;
  readonly account: Account;
};

/** Serves the stand-ins for the AWS and the random provider to engines. */
export const serveStandIns = async ({ platform, versions, account }: StandInOptions) => {
  const pulumi = loadProtocol(platform);
  const checkFor = (name: string) =>
    createArgumentCheck(readArgumentTypes(join(platform, 'node_modules', '@pulumi', name)));
  const versionOf = (name: string): string => versions[name] ?? '';

  const changes: AwsChange[] = [];
  let onChange: Watch | undefined;
  const aws = await serveProvider(
    pulumi,
    createAwsProvider({
      account,
      version: versionOf('aws'),
      faultsIn: checkFor('aws'),
      watch: async (change) => {
        changes.push(change);
        await onChange?.(change);
      },
    }),
  );
  const random = await serveProvider(
    pulumi,
    createRandomProvider({ version: versionOf('random'), faultsIn: checkFor('random') }),
  );
  return {
    ports: { aws: aws.port, random: random.port },
    takeChanges: (): readonly AwsChange[] => changes.splice(0),
    onChange: (watch: Watch | undefined): void => {
      onChange = watch;
    },
    stop: (): void => {
      aws.stop();
      random.stop();
    },
  };
};
