import type { Clock } from '#core/ports/clock.ts';
import type {
  KubernetesApi,
  KubernetesList,
  KubernetesObject,
  Resource,
} from '#providers/kubernetes/kubernetes-api.ts';
import { NAMESPACES } from '#providers/kubernetes/resources.ts';
import type { AdmissionListener } from './admission.ts';
import { connectionLost, unreachable } from './api-errors.ts';
import { ApiServer } from './api-server.ts';
import {
  type CallFailure,
  InjectedFailures,
  type KubernetesCall,
  type Verb,
} from './injected-failures.ts';
import { createKubectl } from './kubectl.ts';
import { createKubelet, type NodeRegistration } from './kubelet.ts';
import { type Connection, createUserApi, type KubernetesUser } from './user-api.ts';
import { Watches } from './watches.ts';

export interface SimulatedKubernetesOptions {
  readonly clock: Clock;
  /** How long every call takes before its effect, and a change before a watch tells it. Default 0. */
  readonly latencyMs?: number;
  /** Users of the product itself, whose writes no webhook is told of. Default `nodeeni`. */
  readonly ownUserNames?: readonly string[];
  /** Sees every call before its effect and may let it fail: for call logs and seeded faults. */
  readonly onCall?: (call: KubernetesCall) => CallFailure | undefined;
}

const SYSTEM_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/**
 * A Kubernetes API server in memory, with the rules of kube-apiserver 1.34 for the resources the product uses.
 * As a KubernetesApi it acts for an administrator. What it does not have: managed fields, server-side apply,
 * validation of the built-in kinds, RBAC, garbage collection.
 */
export class SimulatedKubernetes implements KubernetesUser {
  readonly #options: SimulatedKubernetesOptions;
  readonly #administrator: KubernetesUser;
  readonly #warnings: string[] = [];
  readonly #server: ApiServer;
  readonly #watches: Watches;
  readonly #failures = new InjectedFailures();
  #isUnreachable = false;

  constructor(options: SimulatedKubernetesOptions) {
    const { clock, latencyMs = 0, ownUserNames = ['nodeeni'] } = options;
    this.#options = options;
    this.#server = new ApiServer(clock, ownUserNames);
    this.#watches = new Watches(this.#server.store, clock, latencyMs);
    this.startAnew([]);
    this.#administrator = this.#connect('kubernetes-admin', this.#warnings, (call, effect) =>
      this.#send(call, effect),
    );
  }

  get userName(): string {
    return this.#administrator.userName;
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  get(...input: Parameters<KubernetesApi['get']>): Promise<KubernetesObject> {
    return this.#administrator.get(...input);
  }

  list(...input: Parameters<KubernetesApi['list']>): Promise<KubernetesList> {
    return this.#administrator.list(...input);
  }

  create(...input: Parameters<KubernetesApi['create']>): Promise<KubernetesObject> {
    return this.#administrator.create(...input);
  }

  patch(...input: Parameters<KubernetesApi['patch']>): Promise<KubernetesObject> {
    return this.#administrator.patch(...input);
  }

  delete(...input: Parameters<KubernetesApi['delete']>): Promise<void> {
    return this.#administrator.delete(...input);
  }

  watch(...input: Parameters<KubernetesApi['watch']>): Promise<void> {
    return this.#administrator.watch(...input);
  }

  /** The API as another user, with that user's own list of warnings. */
  as(userName: string): KubernetesUser {
    return this.#connect(userName, [], (call, effect) => this.#send(call, effect));
  }

  /** Registers a validating webhook, failurePolicy Ignore. Out: a function that takes it off again. */
  onAdmission(listener: AdmissionListener): () => void {
    return this.#server.admission.register(listener);
  }

  /** While false no webhook is told of a write, and every write goes through: failurePolicy Ignore. */
  setWebhooksReachable(areReachable: boolean): void {
    this.#server.admission.isReachable = areReachable;
  }

  /** While true every call fails with CallError Unknown and nothing happens; open watches break. */
  setUnreachable(isUnreachable: boolean): void {
    this.#isUnreachable = isUnreachable;
    if (isUnreachable) this.#watches.end(connectionLost());
  }

  /** Ends the open watches normally, as the API server does from time to time. */
  closeWatches(): void {
    this.#watches.end();
  }

  /** Takes a CRD away (its resource answers NotFound) or brings it back. */
  setServed(resource: Resource, isServed: boolean): void {
    this.#server.setServed(resource, isServed);
  }

  /** Lets the next call fail with no effect. `resource` is a plural, or `plural/status`. */
  failNext(verb: Verb, resource: string, error: Error): void {
    this.#failures.add(verb, resource, { error, when: 'before' });
  }

  /** Lets the next call take effect and its answer get lost. */
  failNextAfterEffect(verb: Verb, resource: string, error: Error): void {
    this.#failures.add(verb, resource, { error, when: 'after' });
  }

  /** Stores an object that breaks today's rules, as one that is older than they are. */
  storeUnchecked(resource: Resource, object: KubernetesObject): KubernetesObject {
    return this.#server.storeUnchecked(resource, object);
  }

  /** Another cluster has the address from now on: its kube-system has another uid, and these kinds have no object. */
  startAnew(emptied: readonly Resource[]): void {
    for (const resource of emptied)
      for (const object of this.stored(resource)) this.#server.store.remove(resource, object);
    for (const name of SYSTEM_NAMESPACES)
      this.#server.storeUnchecked(NAMESPACES, { metadata: { name } });
  }

  /** What is stored, whatever the way to the server is like. */
  stored(resource: Resource): readonly KubernetesObject[] {
    return this.#server.list(resource).items;
  }

  /** `kubectl apply -f`: YAML (several documents too) or an object, created or merged. */
  apply(manifest: string | object): Promise<readonly KubernetesObject[]> {
    return this.#kubectl().apply(manifest);
  }

  /** `kubectl label node`; a null takes a label away. */
  labelNode(
    name: string,
    labels: Readonly<Record<string, string | null>>,
  ): Promise<KubernetesObject> {
    return this.#kubectl().labelNode(name, labels);
  }

  deleteNode(name: string): Promise<void> {
    return this.#kubectl().deleteNode(name);
  }

  /** A kubelet starts: its Node is created, or brought up to date. */
  registerNode(node: NodeRegistration): Promise<KubernetesObject> {
    return this.#kubelet().register(node);
  }

  setNodeReady(name: string, isReady: boolean): Promise<KubernetesObject> {
    return this.#kubelet().setReady(name, isReady);
  }

  /** A kubelet repeats its status. */
  heartbeat(name: string): Promise<KubernetesObject> {
    return this.#kubelet().heartbeat(name);
  }

  #kubectl() {
    return createKubectl(this.#steady(this.userName, this.#warnings));
  }

  #kubelet() {
    return createKubelet((userName) => this.#steady(userName, []), this.#options.clock);
  }

  /** People and kubelets try until it works, so no failure reaches them here: those are for the product. */
  #steady(userName: string, warnings: string[]): KubernetesUser {
    return this.#connect(userName, warnings, async (_call, effect) => {
      await this.#travel();
      return effect();
    });
  }

  #connect(userName: string, warnings: string[], send: Connection['send']): KubernetesUser {
    return createUserApi({
      userName,
      warnings,
      server: this.#server,
      watches: this.#watches,
      send,
    });
  }

  async #travel(): Promise<void> {
    const { clock, latencyMs = 0 } = this.#options;
    if (latencyMs > 0) await clock.sleep(latencyMs);
  }

  async #send<T>(call: KubernetesCall, effect: () => T | Promise<T>): Promise<T> {
    const failure = this.#failures.take(call) ?? this.#options.onCall?.(call);
    await this.#travel();
    if (this.#isUnreachable) throw unreachable();
    if (failure?.when === 'before') throw failure.error;
    const result = await effect();
    if (failure?.when === 'after') throw failure.error;
    return result;
  }
}
