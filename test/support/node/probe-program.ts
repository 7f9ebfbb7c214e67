// Runs inside a namespace: asks a path of a port again and again, as the kubelet does for a probe. Prints what is not 200.
const [port = '', path = '', periodSeconds = ''] = process.argv.slice(2);

const probe = async (): Promise<void> => {
  const { status, body } = await fetch(`http://127.0.0.1:${port}${path}`, {
    // The kubelet makes a connection for each.
    headers: { connection: 'close' },
  });
  await body?.cancel();
  if (status !== 200) process.stdout.write(`${path} ${status}\n`);
};

setInterval(() => {
  probe().catch((error: unknown) => process.stdout.write(`${path} ${String(error)}\n`));
}, Number(periodSeconds) * 1000);
