import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { runManifests } from '#cli/manifests/run.ts';
import { clusterManifests } from '#core/manifests/cluster-manifests.ts';

describe('nodeeni manifests', () => {
  it('prints every object as a document, with nothing lost', () => {
    const options = { webhookUrl: 'https://relay.example.com/secret', group: 'team:nodeeni' };

    const documents = parseAllDocuments(runManifests(options)).map((document) => document.toJS());

    expect(documents).toEqual(JSON.parse(JSON.stringify(clusterManifests(options))));
  });

  it.each([
    'relay.example.com/secret',
    'http://relay.example.com/secret',
    'https://user@relay.example.com/secret',
    'https://user:word@relay.example.com/secret',
    'https://relay.example.com/secret?key=1',
    'https://relay.example.com/secret#part',
  ])('refuses %s, and does not repeat it', (webhookUrl) => {
    expect(() => runManifests({ webhookUrl })).toThrow(
      /^The webhook URL must begin with https:\/\/ and have no user, query or fragment\.$/,
    );
  });

  it.each(['https://relay.example.com', 'https://relay.example.com/'])(
    'refuses %s, which lacks its secret',
    (webhookUrl) => {
      expect(() => runManifests({ webhookUrl })).toThrow('its path is the secret');
    },
  );

  it.each(['', 'system:authenticated'])('gives no rights to the group "%s"', (group) => {
    expect(() => runManifests({ group })).toThrow('must not be empty nor begin with "system:"');
  });
});
