import { readFile } from 'node:fs/promises';
import { REGION } from '#test/support/deployed/place.ts';
import type { Properties } from '../provider.ts';
import type { AwsCalls } from './calls.ts';
import { type Kinds, tagList, text } from './kind.ts';
import { matches, refusalsOf } from './limits.ts';

const contentOf = async ({ source, content }: Properties): Promise<Buffer> =>
  source === undefined
    ? Buffer.from(String(content))
    : readFile(String((source as { readonly path?: string }).path));

const pathOf = (inputs: Properties): string =>
  `/${text(inputs, 'bucket')}/${text(inputs, 'key').split('/').map(encodeURIComponent).join('/')}`;

const keysIn = async (calls: AwsCalls, bucket: string): Promise<readonly string[]> => {
  const { text: listed } = await calls.rest('s3', 'GET', `/${bucket}?list-type=2`);
  return [...listed.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = '']) => key);
};

const publicAccessOf = (inputs: Properties): Buffer => {
  const names = [
    'blockPublicAcls',
    'blockPublicPolicy',
    'ignorePublicAcls',
    'restrictPublicBuckets',
  ];
  const settings = names.map((name) => {
    const element = name.charAt(0).toUpperCase() + name.slice(1);
    return `<${element}>${inputs[name] === true}</${element}>`;
  });
  return Buffer.from(
    `<PublicAccessBlockConfiguration>${settings.join('')}</PublicAccessBlockConfiguration>`,
  );
};

export const STORAGE: Kinds = {
  'aws:s3/bucket:Bucket': {
    naming: { property: 'bucket', most: 63 },
    fixed: ['bucket'],
    refusals: (inputs) => refusalsOf(inputs, { bucket: matches(/^[a-z0-9][a-z0-9.-]{2,62}$/) }),
    create: async (inputs, { calls }) => {
      const bucket = text(inputs, 'bucket');
      await calls.rest('s3', 'PUT', `/${bucket}`);
      const bucketRegionalDomainName = `${bucket}.s3.${REGION}.amazonaws.com`;
      const arn = `arn:aws:s3:::${bucket}`;
      return { id: bucket, properties: { ...inputs, arn, bucketRegionalDomainName } };
    },
    update: async ({ properties }, { after }) => ({ ...properties, ...after }),
    remove: async ({ id, properties }, { calls }) => {
      const left = properties.forceDestroy === true ? await keysIn(calls, id) : [];
      for (const key of left) await calls.rest('s3', 'DELETE', `/${id}/${encodeURI(key)}`);
      await calls.rest('s3', 'DELETE', `/${id}`);
    },
  },
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': {
    fixed: ['bucket'],
    create: async (inputs, { calls }) => {
      const path = `/${text(inputs, 'bucket')}?publicAccessBlock`;
      await calls.rest('s3', 'PUT', path, publicAccessOf(inputs));
      return { id: text(inputs, 'bucket'), properties: inputs };
    },
    remove: async ({ id }, { calls }) => {
      await calls.rest('s3', 'DELETE', `/${id}?publicAccessBlock`);
    },
  },
  'aws:s3/bucketObjectv2:BucketObjectv2': {
    fixed: ['bucket', 'key'],
    create: async (inputs, { calls }) => {
      await calls.rest('s3', 'PUT', pathOf(inputs), await contentOf(inputs));
      return { id: `${text(inputs, 'bucket')}/${text(inputs, 'key')}`, properties: inputs };
    },
    update: async (_made, { after }, { calls }) => {
      await calls.rest('s3', 'PUT', pathOf(after), await contentOf(after));
      return after;
    },
    remove: async ({ properties }, { calls }) => {
      await calls.rest('s3', 'DELETE', pathOf(properties));
    },
  },
  'aws:ssm/document:Document': {
    naming: { property: 'name', most: 128 },
    fixed: ['name', 'documentType'],
    refusals: (inputs) =>
      refusalsOf(inputs, {
        name: matches(/^[\w.-]{3,128}$/),
        content: (content) => Buffer.byteLength(String(content)) <= 65_536,
      }),
    create: async (inputs, { calls }) => {
      await calls.json('ssm', 'AmazonSSM.CreateDocument', {
        Name: inputs.name,
        Content: inputs.content,
        DocumentType: inputs.documentType,
        DocumentFormat: inputs.documentFormat,
        TargetType: inputs.targetType,
        Tags: tagList(inputs),
      });
      return { id: text(inputs, 'name'), properties: inputs };
    },
    update: async ({ id }, { after }, { calls }) => {
      await calls.json('ssm', 'AmazonSSM.UpdateDocument', {
        Name: id,
        Content: after.content,
        DocumentVersion: '$LATEST',
      });
      return after;
    },
    remove: async ({ id: Name }, { calls }) => {
      await calls.json('ssm', 'AmazonSSM.DeleteDocument', { Name });
    },
  },
};
