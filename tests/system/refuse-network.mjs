// SPDX-License-Identifier: Apache-2.0
// Preloaded: whoever touches the network in this process is told on, and the process ends.
import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';

const refuse = () => {
  process.stderr.write('the network was touched\n');
  process.exit(99);
};

net.Socket.prototype.connect = refuse;
dgram.Socket.prototype.bind = refuse;
dgram.Socket.prototype.connect = refuse;
dns.lookup = refuse;
