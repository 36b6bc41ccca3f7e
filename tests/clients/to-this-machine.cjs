'use strict';
// node --require: for this one program what a hosts file and a redirected port do for a whole machine. WeChat's hosts are here, and port 443 is the
// simulator's. TLS still checks the name, against the authority in NODE_EXTRA_CA_CERTS.
const { Socket } = require('node:net');

const { port } = new URL(process.env.SIM_BASE_URL);
const connect = Socket.prototype.connect;
Socket.prototype.connect = function (...args) {
  const list = Array.isArray(args[0]) ? args[0] : args;
  if (list[0]?.host?.endsWith('.mch.weixin.qq.com')) {
    list[0] = { ...list[0], host: '127.0.0.1', port: Number(port) };
  }
  return connect.apply(this, args);
};
