// Listens on the live feed with nothing but ZeroMQ, and writes down each seq.
//
// Task: endpoint, file. Says {"ready":true} when it is connected.
import { openSync, writeSync } from 'node:fs';
import { Subscriber } from 'zeromq';

const { endpoint, file } = JSON.parse(process.argv[2]);
const seen = openSync(file, 'a');
const socket = new Subscriber({ receiveHighWaterMark: 100_000 });
socket.subscribe('bitten.');
socket.events.on('handshake', () => process.stdout.write('{"ready":true}\n'));
socket.connect(endpoint);
for await (const [, payload] of socket) writeSync(seen, `${JSON.parse(payload.toString()).seq}\n`);
