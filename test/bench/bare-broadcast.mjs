// What the streams are compared to: a bare `ws` server that broadcasts one prepared frame to every socket. No database, no log, no
// GraphQL, and nothing is kept for a slow client.
import { createServer } from 'node:http';
import { Sender, WebSocketServer } from 'ws';

const server = createServer();
const sockets = new WebSocketServer({ server });
sockets.on('connection', (socket) => socket.on('message', () => socket.send('{"type":"connection_ack"}')));
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));

process.on('message', (texts) => {
  for (const text of texts) {
    const options = { fin: true, opcode: 1, mask: false, readOnly: false, rsv1: false };
    const frame = Buffer.concat(Sender.frame(Buffer.from(text), options));
    for (const socket of sockets.clients) socket._socket.write(frame);
  }
});
