// Runs inside a namespace. `receive <address>` prints the size of the first datagram; `send <address> <size>` sends one.
import { createSocket } from 'node:dgram';

const PORT = 7000;
const [verb, address = '', size = '0'] = process.argv.slice(2);
const socket = createSocket('udp4');

if (verb === 'receive') {
  socket.on('message', ({ length }) => {
    process.stdout.write(`${length}\n`);
    socket.close();
  });
  socket.bind(PORT, address, () => process.stdout.write('ready\n'));
} else {
  socket.send(Buffer.alloc(Number(size)), PORT, address, () => socket.close());
}
