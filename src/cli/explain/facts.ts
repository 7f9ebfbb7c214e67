import type { NodeEni } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { Instance, NetworkInterface } from '#core/ports/cloud.ts';
import type { LifecycleHook, ScalingInstance } from '#core/ports/scaling.ts';
import type { HookSettings } from '#core/scaling/hook-metadata.ts';
import type { KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';

/** A Node, as far as its times and what it offers are read. */
export interface NodeObject extends KubernetesObject {
  readonly status?: {
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly capacity?: Readonly<Record<string, string>>;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime?: string;
    }[];
  };
}

/** A core/v1 Event. */
export interface EventObject extends KubernetesObject {
  readonly involvedObject: { readonly kind: string; readonly name: string };
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly count?: number;
  readonly firstTimestamp?: string;
  readonly lastTimestamp?: string;
}

/** A hook of ours that the instance may wait for. */
export interface Hook extends Pick<LifecycleHook, 'hookName' | 'heartbeatTimeoutSeconds'> {
  readonly settings: HookSettings;
}

/** Everything that is known of an instance, from everybody who knows something. */
export interface InstanceFacts {
  readonly instanceId: string;
  readonly now: Date;
  readonly instance?: Instance;
  readonly node?: NodeObject;
  readonly state?: NodeEniState & { readonly metadata: { readonly creationTimestamp?: string } };
  readonly enis: readonly NetworkInterface[];
  readonly member?: ScalingInstance;
  readonly hooks: readonly Hook[];
  readonly events: readonly EventObject[];
  /** Every NodeENI by its name, also one whose spec cannot be read. */
  readonly nodeEnis: ReadonlyMap<string, KnownNodeEni>;
}

/** A NodeENI, as far as it tells of itself. */
export type KnownNodeEni = Pick<NodeEni, 'metadata' | 'status'>;

/** What is known of a NodeENI as a whole. */
export interface NodeEniFacts {
  readonly name: string;
  readonly now: Date;
  readonly nodeEni: KnownNodeEni;
  /** Those that are about it and about none of its instances. */
  readonly events: readonly EventObject[];
}

/** What is known of all that was asked for. */
export interface Facts {
  readonly instances: readonly InstanceFacts[];
  readonly nodeEni?: NodeEniFacts;
}
