// A receiver of webhooks in a process of its own: answers 204 and says how many messages came.
import { createServer } from 'node:http';

let count = 0;
let body = '';
const server = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => {
    text += chunk;
  });
  request.on('end', () => {
    count += 1;
    body = text;
    response.writeHead(204).end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => process.send({ count, body }));
