import type { Statement } from '#core/manifests/policy-statement.ts';
import type { Options } from '../options.ts';
import { arnOf, type Place } from './statement.ts';

const ofEks = (place: Place, clusterName: string): readonly Statement[] => [
  {
    Sid: 'FindCluster',
    Effect: 'Allow',
    Action: ['eks:DescribeCluster'],
    Resource: [arnOf(place, 'eks', `cluster/${clusterName}`)],
  },
];

const ofParameter = (place: Place, parameterName: string): readonly Statement[] => {
  const parameter = arnOf(place, 'ssm', `parameter/${parameterName.replace(/^\//, '')}`);
  return [
    {
      Sid: 'ReadKubeconfig',
      Effect: 'Allow',
      Action: ['ssm:GetParameter'],
      Resource: [parameter],
    },
    {
      // Whatever key it is: only Parameter Store may use it, and only for this parameter ("AWS KMS encryption for AWS
      // Systems Manager Parameter Store SecureString parameters").
      Sid: 'DecryptKubeconfig',
      Effect: 'Allow',
      Action: ['kms:Decrypt'],
      Resource: [arnOf(place, 'kms', 'key/*')],
      Condition: {
        StringEquals: {
          'kms:ViaService': `ssm.${place.region}.amazonaws.com`,
          'kms:EncryptionContext:PARAMETER_ARN': parameter,
        },
      },
    },
  ];
};

/** The way to the cluster. Signing a token of EKS is no call and needs no permission. */
export const findCluster = (
  place: Place,
  { access, clusterName }: Pick<Options, 'access' | 'clusterName'>,
): readonly Statement[] =>
  access.type === 'eks' ? ofEks(place, clusterName) : ofParameter(place, access.parameterName);
