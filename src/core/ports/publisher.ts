/** What happened to an interface, told to whoever listens on the event bus. */
export interface InterfaceEvent {
  readonly type: 'Ready' | 'Failed' | 'Released';
  readonly cluster: string;
  readonly nodeEni: string;
  readonly instanceId: string;
  readonly nodeName?: string;
  readonly subnetId: string;
  readonly eniId?: string;
  readonly deviceIndex?: number;
  readonly reason: string;
  readonly message: string;
}

export interface EventPublisher {
  publish(events: readonly InterfaceEvent[]): Promise<void>;
}
