// Sends this program's HTTPS through fauxero, without a change to the program or its libraries:
//
//   NODE_EXTRA_CA_CERTS=$(fauxero ca) FAUXERO=http://127.0.0.1:8765 \
//     node --require ./reach-fauxero.cjs your-program.cjs
//
// fauxero answers for api.xero.com, identity.xero.com and login.xero.com and refuses every other
// host, so nothing that runs like this can reach the real Xero by mistake.
"use strict";
const http = require("node:http");
const https = require("node:https");
const tls = require("node:tls");

const proxy = new URL(process.env.FAUXERO || "http://127.0.0.1:8765");

class ThroughFauxero extends https.Agent {
  createConnection(options, done) {
    const target = `${options.host}:${options.port || 443}`;
    const asking = http.request({
      host: proxy.hostname,
      port: proxy.port,
      method: "CONNECT",
      path: target,
      headers: { host: target },
      agent: false,
    });
    asking.once("error", done);
    asking.once("connect", (answer, socket) => {
      if (answer.statusCode !== 200) {
        socket.destroy();
        done(new Error(`fauxero opens no tunnel to ${target}: ${answer.statusCode}`));
        return;
      }
      const inside = tls.connect({ socket, servername: options.servername || options.host });
      inside.once("error", done);
      inside.once("secureConnect", () => {
        inside.off("error", done);
        done(null, inside);
      });
    });
    asking.end();
  }
}

https.globalAgent = new ThroughFauxero({ keepAlive: true });
