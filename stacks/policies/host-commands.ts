import { clusterTagOf } from '#core/apis/v1alpha1/names.ts';
import type { Statement } from '#core/manifests/policy-statement.ts';
import { documentNameOf } from '#core/manifests/ssm-document.ts';
import { arnOf, type Place } from './statement.ts';

/** Sends our document, and no other, to instances of this cluster. */
export const commandHosts = (
  place: Place,
  clusterName: string,
  bundleArn: string,
): readonly Statement[] => [
  {
    Sid: 'SendOurDocument',
    Effect: 'Allow',
    Action: ['ssm:SendCommand'],
    Resource: [arnOf(place, 'ssm', `document/${documentNameOf(clusterName)}`)],
  },
  {
    // The tag's value may be owned or shared.
    Sid: 'SendToOurInstances',
    Effect: 'Allow',
    Action: ['ssm:SendCommand'],
    Resource: [arnOf(place, 'ec2', 'instance/*')],
    Condition: { Null: { [`ssm:resourceTag/${clusterTagOf(clusterName)}`]: 'false' } },
  },
  {
    // Results know no resources (Service Authorization Reference, "Actions defined by AWS Systems Manager").
    Sid: 'ReadResults',
    Effect: 'Allow',
    Action: ['ssm:GetCommandInvocation'],
    Resource: ['*'],
  },
  {
    // Hosts fetch the bundle by a link that this function signs: what the link opens is what the function may read.
    Sid: 'LinkToBundle',
    Effect: 'Allow',
    Action: ['s3:GetObject'],
    Resource: [bundleArn],
  },
];
