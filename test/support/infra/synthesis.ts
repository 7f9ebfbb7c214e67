/** A resource as the program asked for it. Nothing the provider would add or refuse is known. */
export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly options: {
    readonly retainOnDelete?: boolean;
    /** Types and names of what it was told to wait for; what its inputs refer to is not among them. */
    readonly dependsOn?: readonly string[];
  };
}

/** What one evaluation of the program came to. */
export interface Synthesis {
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly errors: readonly string[];
}

/** All of one type, such as `aws:sqs/queue:Queue`. */
export const resourcesOf = ({ resources }: Synthesis, type: string): readonly Resource[] =>
  resources.filter((resource) => resource.type === type);

/** The one of that type and name; throws an Error that lists the names there are. */
export const resourceOf = (synthesis: Synthesis, type: string, name: string): Resource => {
  const candidates = resourcesOf(synthesis, type);
  const found = candidates.find((resource) => resource.name === name);
  if (found !== undefined) return found;
  const names = candidates.map((resource) => resource.name).join(', ') || 'none';
  throw new Error(`There is no ${type} named ${name}; there are: ${names}`);
};

/** A property that holds JSON as text. */
export const jsonOf = ({ name, inputs }: Resource, property: string): unknown => {
  const text = inputs[property];
  if (typeof text !== 'string') throw new Error(`${name}.${property} is no text`);
  return JSON.parse(text);
};

/** The URL that the API server is told of the webhook, with its secret path. */
export const webhookUrlOf = (synthesis: Synthesis): string => {
  const found = synthesis.resources.find(
    ({ inputs }) => inputs.kind === 'ValidatingWebhookConfiguration',
  );
  const [webhook] = (found?.inputs.webhooks ?? []) as { clientConfig: { url: string } }[];
  if (webhook === undefined) throw new Error('no webhook is applied');
  return webhook.clientConfig.url;
};
