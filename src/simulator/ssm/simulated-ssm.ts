import type {
  GetCommandInvocationCommandInput,
  GetCommandInvocationCommandOutput,
  SendCommandCommandInput,
  SendCommandCommandOutput,
} from '@aws-sdk/client-ssm';
import type { Clock } from '#core/ports/clock.ts';
import type { SsmApi } from '#providers/ssm/ssm-api.ts';
import type { ServiceEvent } from '../aws-event.ts';
import { type OnCall, Wire } from '../faults.ts';
import { createRandom, type Random } from '../random.ts';
import { ssmError } from './errors.ts';
import { checkSend, type SimulatedDocument } from './send-rules.ts';

/** How a script ended on a host. */
export interface ScriptEnd {
  readonly exitCode: number;
  readonly output: string;
  readonly errorOutput?: string;
}

/** What a host does with the parameters of a command; undefined: its SSM Agent never takes it. */
export type SimulatedHost = (
  parameters: Readonly<Record<string, string>>,
) => Promise<ScriptEnd | undefined>;

export interface SimulatedSsmOptions {
  readonly clock: Clock;
  readonly random?: Random;
  readonly onCall?: OnCall;
  /** From the call until the host runs it, and how long it runs there. */
  readonly deliverySeconds?: number;
  readonly executionSeconds?: number;
}

interface Invocation {
  readonly commandId: string;
  readonly instanceId: string;
  readonly documentName: string;
  readonly requestedAt: Date;
  status: string;
  details: string;
  output: string;
  errorOutput: string;
}

/** As much as GetCommandInvocation gives of each output. */
const MOST_CHARACTERS = 24_000;

/** Run Command of Systems Manager in memory, with hosts that are functions. */
export class SimulatedSsm {
  readonly api: Pick<SsmApi, 'sendCommand' | 'getCommandInvocation'>;
  readonly wire: Wire;
  readonly #options: SimulatedSsmOptions;
  readonly #random: Random;
  readonly #documents = new Map<string, SimulatedDocument>();
  readonly #hosts = new Map<string, SimulatedHost>();
  readonly #invocations = new Map<string, Invocation>();
  readonly #listeners = new Set<(event: ServiceEvent) => void>();

  constructor(options: SimulatedSsmOptions) {
    const { clock, random = createRandom(3), onCall } = options;
    this.#options = options;
    this.#random = random;
    this.wire = new Wire({ clock, makeError: ssmError, ...(onCall && { onCall }) });
    this.api = this.wire.wrap({
      sendCommand: (input: SendCommandCommandInput) => this.#sendCommand(input),
      getCommandInvocation: (input: GetCommandInvocationCommandInput) => this.#get(input),
    });
  }

  createDocument(document: SimulatedDocument): void {
    this.#documents.set(document.name, document);
  }

  /** The SSM Agent of this instance registers; until then nobody can send to it. */
  manage(instanceId: string, host: SimulatedHost): void {
    this.#hosts.set(instanceId, host);
  }

  onEvent(listener: (event: ServiceEvent) => void): void {
    this.#listeners.add(listener);
  }

  async #sendCommand(input: SendCommandCommandInput): Promise<SendCommandCommandOutput> {
    const { instanceId, document } = checkSend(input, this.#documents);
    const host = this.#hosts.get(instanceId);
    if (host === undefined)
      throw ssmError('InvalidInstanceId', `Instances [[${instanceId}]] not in a valid state.`);
    const commandId = this.#random.uuid();
    const invocation: Invocation = {
      commandId,
      instanceId,
      documentName: document.name,
      requestedAt: this.#options.clock.now(),
      status: 'Pending',
      details: 'Pending',
      output: '',
      errorOutput: '',
    };
    this.#invocations.set(`${commandId} ${instanceId}`, invocation);
    const values = Object.entries(input.Parameters ?? {}).map(([name, [value = '']]) => [
      name,
      value,
    ]);
    void this.#run(invocation, host, Object.fromEntries(values), input.TimeoutSeconds ?? 3600);
    return { Command: { CommandId: commandId, Status: 'Pending' }, $metadata: {} };
  }

  async #run(
    invocation: Invocation,
    host: SimulatedHost,
    parameters: Readonly<Record<string, string>>,
    timeoutSeconds: number,
  ): Promise<void> {
    const { clock, deliverySeconds = 1, executionSeconds = 2 } = this.#options;
    await clock.sleep(deliverySeconds * 1000);
    const end = await host(parameters);
    if (end === undefined) {
      await clock.sleep((timeoutSeconds - deliverySeconds) * 1000);
      this.#change(invocation, 'TimedOut', 'DeliveryTimedOut');
      return;
    }
    this.#change(invocation, 'InProgress', 'InProgress');
    await clock.sleep(executionSeconds * 1000);
    invocation.output = end.output.slice(0, MOST_CHARACTERS);
    invocation.errorOutput = (end.errorOutput ?? '').slice(0, MOST_CHARACTERS);
    const status = end.exitCode === 0 ? 'Success' : 'Failed';
    this.#change(invocation, status, status);
  }

  #change(invocation: Invocation, status: string, details: string): void {
    invocation.status = status;
    invocation.details = details;
    const event: ServiceEvent = {
      source: 'aws.ssm',
      'detail-type': 'EC2 Command Invocation Status-change Notification',
      resources: [`arn:aws:ec2:us-east-1:123456789012:instance/${invocation.instanceId}`],
      detail: {
        'command-id': invocation.commandId,
        'document-name': invocation.documentName,
        'instance-id': invocation.instanceId,
        'requested-date-time': invocation.requestedAt.toISOString(),
        status,
      },
    };
    for (const listener of this.#listeners) listener(event);
  }

  async #get({
    CommandId: commandId,
    InstanceId: instanceId,
  }: GetCommandInvocationCommandInput): Promise<GetCommandInvocationCommandOutput> {
    const invocation = this.#invocations.get(`${commandId} ${instanceId}`);
    if (invocation === undefined)
      throw ssmError('InvocationDoesNotExist', 'The invocation does not exist.');
    return {
      CommandId: invocation.commandId,
      InstanceId: invocation.instanceId,
      Status: invocation.status as NonNullable<GetCommandInvocationCommandOutput['Status']>,
      StatusDetails: invocation.details,
      StandardOutputContent: invocation.output,
      StandardErrorContent: invocation.errorOutput,
      $metadata: {},
    };
  }
}
