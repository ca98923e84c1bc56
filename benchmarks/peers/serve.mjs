// A server on PORT, in as many PROCESSES as asked for; SIGTERM ends them all.
import cluster from 'node:cluster';
import { createServer } from 'node:http';

const processes = Number(process.env.PROCESSES);
// As many connections to the database as the load has, over all processes.
export const POOL = { connectionString: process.env.DATABASE_URL, max: 8 / processes };

/** Listens when what answers has been put into the server. */
export async function serve(putInto) {
  if (processes > 1 && cluster.isPrimary) {
    for (let count = 0; count < processes; count++) cluster.fork();
    const end = () => {
      for (const worker of Object.values(cluster.workers)) worker.process.kill();
      process.exit();
    };
    process.on('SIGTERM', end);
    cluster.on('exit', end); // one that fails at its start takes the others along
    return;
  }
  process.on('SIGTERM', () => process.exit());
  const server = createServer();
  await putInto(server);
  server.listen(Number(process.env.PORT), '127.0.0.1');
}
