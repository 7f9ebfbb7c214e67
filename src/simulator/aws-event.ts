/** What a service tells EventBridge, which puts its envelope around it ("Events in Amazon EventBridge"). */
export interface ServiceEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly resources: readonly string[];
  readonly detail: object;
}
