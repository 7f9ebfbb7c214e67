// Runs inside a namespace: the instance metadata service, version 2 and nothing else. Prints what it is asked.
import { createServer } from 'node:http';

const ADDRESS = '169.254.169.254';
const TOKEN = 'a-token-of-this-run';
const [instanceId = ''] = process.argv.slice(2);

const answerTo = (call: string, token: unknown, lifetime: unknown): readonly [number, string] => {
  if (call === 'PUT /latest/api/token') return lifetime === undefined ? [400, ''] : [200, TOKEN];
  if (token !== TOKEN) return [401, ''];
  return call === 'GET /latest/meta-data/instance-id' ? [200, instanceId] : [404, ''];
};

createServer(({ method, url, headers }, response) => {
  const call = `${method} ${url}`;
  const token = headers['x-aws-ec2-metadata-token'];
  const lifetime = headers['x-aws-ec2-metadata-token-ttl-seconds'];
  const [status, body] = answerTo(call, token, lifetime);
  process.stdout.write(`${status} ${call}\n`);
  response.writeHead(status).end(body);
}).listen(80, ADDRESS, () => process.stdout.write('ready\n'));
