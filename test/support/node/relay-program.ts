// Runs inside a namespace: hands on what comes to its port to a socket in the file system, which has no namespaces.
import { connect, createServer } from 'node:net';

const [socketFile = '', address = '', port = ''] = process.argv.slice(2);

createServer((inside) => {
  const outside = connect(socketFile);
  inside.pipe(outside).pipe(inside);
  inside.on('error', () => outside.destroy());
  outside.on('error', () => inside.destroy());
}).listen(Number(port), address, () => process.stdout.write('ready\n'));
