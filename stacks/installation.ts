import { guardRails } from './guard-rails.ts';
import { type GivenOptions, type Options, parseOptions } from './options.ts';
import { createParts } from './parts.ts';
import { requireProviders } from './providers.ts';
import { watchResources } from './removal-guard.ts';
import { createScope } from './scope.ts';

export { readOptions } from './read-options.ts';

const TYPE = 'nodeeni:sst:Installation';

/** Which cluster has an installation in this program, and what it is called. */
const installed = new Map<string, string>();

/** Two installations would fight for the hooks, the access entries and the interfaces of one cluster. */
const claim = (name: string, { clusterName }: Options): void => {
  const other = installed.get(clusterName);
  if (other !== undefined)
    throw new Error(`"${name}" and "${other}" are installations for one cluster, ${clusterName}.`);
  installed.set(clusterName, name);
};

/**
 * Everything that serves one cluster: queues, functions, rules, rights, alarms, and the objects in the cluster. In: a name that is
 * the only one in the app, and the options as a person writes them. Throws an Error with a line for each fault in them.
 */
export class Installation extends $util.ComponentResource {
  /** Where `nodeeni local` and others may send hints to. */
  readonly workQueueUrl: $util.Output<string>;
  /** With the secret path, for `nodeeni manifests --webhook-url`; none without a webhook. */
  readonly webhookUrl: $util.Output<string> | undefined;
  /** For `nodeeni local --host ssm`; none where no commands are sent to hosts. */
  readonly agentBundleUrl: $util.Output<string> | undefined;

  constructor(name: string, args: GivenOptions, opts: $util.ComponentResourceOptions = {}) {
    const options = parseOptions(args);
    requireProviders(options);
    claim(name, options);
    const { remember, made } = watchResources();
    const transformations = [guardRails(options), remember, ...(opts.transformations ?? [])];
    super(TYPE, name, {}, { ...opts, transformations });

    const scope = createScope(this, { installation: name, namePrefix: options.namePrefix });
    // A resource that depended on the component would wait for itself.
    const everything = () => made().filter((resource) => resource !== this);
    const { workQueueUrl, webhookUrl, agentBundleUrl } = createParts(scope, options, everything);
    this.workQueueUrl = workQueueUrl;
    this.webhookUrl = webhookUrl;
    this.agentBundleUrl = agentBundleUrl;
    this.registerOutputs({ workQueueUrl, webhookUrl, agentBundleUrl });
  }
}
