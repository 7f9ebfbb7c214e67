import type { ArgumentFault } from './argument-faults.ts';
import type { Message, MessageClass, PulumiProtocol } from './platform-modules.ts';

export type Properties = Readonly<Record<string, unknown>>;
export type Made = { readonly id: string; readonly properties: Properties };

/** One resource that the engine speaks of: its type, such as `aws:sqs/queue:Queue`, and its name in the program. */
export type Subject = { readonly type: string; readonly name: string };

/** What the engine asks a provider ("Pulumi resource provider protocol"). A method that throws refuses. */
export type ResourceProvider = {
  readonly version: string;
  /** Completes the inputs. In: those of the last deploy, if there was one. */
  readonly complete: (
    subject: Subject,
    inputs: Properties,
    before: Properties | undefined,
  ) => Properties;
  readonly faultsIn: (subject: Subject, inputs: Properties) => readonly ArgumentFault[];
  /** Whether a change of the property takes a new resource. */
  readonly isFixed: (subject: Subject, property: string) => boolean;
  readonly create: (subject: Subject, inputs: Properties) => Promise<Made>;
  readonly update: (
    subject: Subject,
    made: Made,
    change: { readonly before: Properties; readonly after: Properties },
  ) => Promise<Properties>;
  readonly remove: (subject: Subject, made: Made) => Promise<void>;
  readonly lookUp: (token: string, inputs: Properties) => Promise<Properties>;
};

interface StructMessage extends Message {
  toJavaScript: () => Record<string, unknown>;
}
interface StructClass {
  fromJavaScript(value: object): Message;
}

const subjectOf = (request: Message): Subject => {
  // urn:pulumi:stage::app::parentType$type::name
  const [, , types = '', name = ''] = String(request.getUrn?.()).split('::');
  return { type: types.split('$').at(-1) ?? '', name };
};

const isSame = (left: unknown, right: unknown): boolean => {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
    return Object.is(left, right);
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => isSame(left[key as never], right[key as never]));
};

/** Serves a provider to engines. Out: its port, and `stop`. */
export const serveProvider = (pulumi: PulumiProtocol, provider: ResourceProvider) => {
  const { messages, service } = pulumi.protocol('provider', 'ResourceProviderService');
  const { messages: plugin } = pulumi.protocol('plugin', 'PluginInfo');
  const { Struct } = pulumi.load('google-protobuf/google/protobuf/struct_pb.js') as {
    Struct: StructClass;
  };
  const message = (from: Readonly<Record<string, MessageClass>>, name: string): Message => {
    const Class = from[name];
    if (Class === undefined) throw new Error(`Pulumi's protocol has no ${name}`);
    return new Class();
  };
  const set = (target: Message, values: Readonly<Record<string, unknown>>): Message => {
    for (const [name, value] of Object.entries(values)) target[`set${name}`]?.(value);
    return target;
  };
  const struct = (value: object): Message => Struct.fromJavaScript(value);
  const propertiesOf = (request: Message, name: string): Properties | undefined =>
    (request[`get${name}`]?.() as StructMessage | undefined)?.toJavaScript();

  return pulumi.serve(
    { messages, service },
    {
      getPluginInfo: () => set(message(plugin, 'PluginInfo'), { Version: provider.version }),
      cancel: () => pulumi.empty(),
      checkConfig: (request) =>
        set(message(messages, 'CheckResponse'), { Inputs: request.getNews?.() }),
      diffConfig: () => message(messages, 'DiffResponse'),
      configure: () => set(message(messages, 'ConfigureResponse'), { Supportspreview: true }),
      check: (request) => {
        const subject = subjectOf(request);
        const before = propertiesOf(request, 'Olds');
        const inputs = provider.complete(subject, propertiesOf(request, 'News') ?? {}, before);
        const failures = provider
          .faultsIn(subject, inputs)
          .map(({ property, reason }) =>
            set(message(messages, 'CheckFailure'), { Property: property, Reason: reason }),
          );
        return set(message(messages, 'CheckResponse'), {
          Inputs: struct(inputs),
          FailuresList: failures,
        });
      },
      diff: (request) => {
        const before = propertiesOf(request, 'OldInputs') ?? {};
        const after = propertiesOf(request, 'News') ?? {};
        const ignored = request.getIgnorechangesList?.() as readonly string[];
        const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
          (key) => !ignored.includes(key) && !isSame(before[key], after[key]),
        );
        const subject = subjectOf(request);
        const { DiffChanges } = messages.DiffResponse as unknown as {
          DiffChanges: { readonly DIFF_NONE: number; readonly DIFF_SOME: number };
        };
        return set(message(messages, 'DiffResponse'), {
          Changes: changed.length === 0 ? DiffChanges.DIFF_NONE : DiffChanges.DIFF_SOME,
          DiffsList: changed,
          ReplacesList: changed.filter((key) => provider.isFixed(subject, key)),
        });
      },
      create: async (request) => {
        const inputs = propertiesOf(request, 'Properties') ?? {};
        const made =
          request.getPreview?.() === true
            ? { id: '', properties: inputs }
            : await provider.create(subjectOf(request), inputs);
        return set(message(messages, 'CreateResponse'), {
          Id: made.id,
          Properties: struct(made.properties),
        });
      },
      read: (request) =>
        set(message(messages, 'ReadResponse'), {
          Id: request.getId?.(),
          Properties: request.getProperties?.(),
          Inputs: request.getInputs?.(),
        }),
      update: async (request) => {
        const after = propertiesOf(request, 'News') ?? {};
        const properties = propertiesOf(request, 'Olds') ?? {};
        const before = propertiesOf(request, 'OldInputs') ?? {};
        const made = { id: String(request.getId?.()), properties };
        return set(message(messages, 'UpdateResponse'), {
          Properties: struct(
            request.getPreview?.() === true
              ? after
              : await provider.update(subjectOf(request), made, { before, after }),
          ),
        });
      },
      delete: async (request) => {
        const made = {
          id: String(request.getId?.()),
          properties: propertiesOf(request, 'Properties') ?? {},
        };
        await provider.remove(subjectOf(request), made);
        return pulumi.empty();
      },
      invoke: async (request) => {
        const inputs = propertiesOf(request, 'Args') ?? {};
        return set(message(messages, 'InvokeResponse'), {
          Return: struct(await provider.lookUp(String(request.getTok?.()), inputs)),
        });
      },
    },
  );
};
