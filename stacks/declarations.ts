import { compile } from 'json-schema-to-typescript';
import { z } from 'zod';
import { OPTIONS_SCHEMA } from './options.ts';

/** The arguments of the component, each with what it is. */
const argsDeclaration = async (): Promise<string> =>
  compile(z.toJSONSchema(OPTIONS_SCHEMA, { io: 'input' }) as object, 'InstallationArgs', {
    bannerComment: '',
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
  });

/** Types of `nodeeni/sst` for apps, whose compilers need not take our sources. They lean on the globals of SST's own types. */
export const declarations = async (): Promise<string> => `${await argsDeclaration()}
/** Everything that serves one cluster: queues, functions, rules, rights, alarms, and the objects in the cluster. */
export declare class Installation extends $util.ComponentResource {
  /** Where \`nodeeni local\` and others may send hints to. */
  readonly workQueueUrl: $util.Output<string>;
  /** With the secret path, for \`nodeeni manifests --webhook-url\`; none without a webhook. */
  readonly webhookUrl: $util.Output<string> | undefined;
  /** For \`nodeeni local --host ssm\`; none where no commands are sent to hosts. */
  readonly agentBundleUrl: $util.Output<string> | undefined;
  /**
   * @param name the only one of its kind in the app, without spaces
   * @param args plain values: names of a cluster, VPCs and groups that are there
   * @throws Error with a line for each fault in the arguments
   */
  constructor(name: string, args: InstallationArgs, opts?: $util.ComponentResourceOptions);
}

/**
 * Reads arguments from a JSON file: \`nodeeni.json\`, unless the variable \`NODEENI_OPTIONS\` names another.
 * @throws Error that names the file or every fault in it
 */
export declare const readOptions: (
  env: Readonly<Record<string, string | undefined>>,
) => InstallationArgs;
`;
