import { createRequire } from 'node:module';
import { join } from 'node:path';

/** A message of Pulumi's protocol, by the getters and setters that are generated for it. */
export interface Message {
  readonly [method: string]: (...args: unknown[]) => unknown;
}
export type MessageClass = new () => Message;
type Reply = (
  error: { readonly code: number; readonly message: string } | null,
  answer?: Message,
) => void;
export type Call = { readonly request: Message };
export type Handlers = Readonly<Record<string, (request: Message) => Message | Promise<Message>>>;

interface Grpc {
  readonly Server: new (
    options: object,
  ) => {
    addService(definition: object, handlers: object): void;
    bindAsync(
      address: string,
      credentials: unknown,
      done: (error: Error | null, port: number) => void,
    ): void;
    forceShutdown(): void;
  };
  readonly ServerCredentials: { createInsecure(): unknown };
  readonly status: { readonly UNIMPLEMENTED: number; readonly UNKNOWN: number };
}

interface Protocol {
  readonly messages: Readonly<Record<string, MessageClass>>;
  readonly service: Readonly<Record<string, unknown>>;
}

/** Bundled code of functions goes over the wire as text. */
const LARGEST_MESSAGE_BYTES = 400 * 1024 * 1024;

/** Pulumi's protocol as SST's own sources bring it. In: the folder with their `node_modules`. */
export const loadProtocol = (platformFolder: string) => {
  const load = createRequire(join(platformFolder, 'package.json'));
  const grpc = load('@grpc/grpc-js') as Grpc;

  const protocol = (name: string, service: string): Protocol => ({
    messages: load(`@pulumi/pulumi/proto/${name}_pb.js`) as Protocol['messages'],
    service: (
      load(`@pulumi/pulumi/proto/${name}_grpc_pb.js`) as Record<string, Protocol['service']>
    )[service] as Protocol['service'],
  });

  /** Serves a part of the protocol on this machine; what has no handler is said to be unknown. */
  const serve = async (
    { service }: Protocol,
    handlers: Handlers,
  ): Promise<{ readonly port: number; readonly stop: () => void }> => {
    const server = new grpc.Server({
      'grpc.max_receive_message_length': LARGEST_MESSAGE_BYTES,
      'grpc.max_send_message_length': LARGEST_MESSAGE_BYTES,
    });
    const answer = (name: string) => (call: Call, reply: Reply) => {
      const handle = handlers[name];
      if (handle === undefined) {
        reply({ code: grpc.status.UNIMPLEMENTED, message: `${name} is not served` });
        return;
      }
      Promise.resolve()
        .then(() => handle(call.request))
        .then(
          (message) => reply(null, message),
          (error: unknown) =>
            reply({
              code: grpc.status.UNKNOWN,
              message: error instanceof Error ? error.message : String(error),
            }),
        );
    };
    const names = Object.keys(service);
    server.addService(service, Object.fromEntries(names.map((name) => [name, answer(name)])));
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    return { port, stop: () => server.forceShutdown() };
  };

  return {
    load,
    protocol,
    serve,
    empty: () =>
      new (load('google-protobuf/google/protobuf/empty_pb.js') as { Empty: MessageClass }).Empty(),
  };
};

export type PulumiProtocol = ReturnType<typeof loadProtocol>;
