'use strict';
// wechatpay-axios-plugin over https: only baseURL is configured; the authority comes by NODE_EXTRA_CA_CERTS, the client certificate as p12.
const { Wechatpay, Aes: { AesEcb, AesGcm }, Formatter, Hash, Rsa, Transformer } = require('wechatpay-axios-plugin');
const { assert, merchant, notice, read, run, unique, v2, v3 } = require('./flow.cjs');

/** The package's own way to the first platform certificates (bin/cli/cert.js): decrypt what the reply holds, then verify the reply with it. */
async function learnCertificates(base) {
  const certs = { any: undefined };
  const first = new Wechatpay({ ...base, certs });
  await first.v3.certificates.get({
    transformResponse: [text => {
      for (const { serial_no, encrypt_certificate: e } of JSON.parse(text).data) {
        certs[serial_no] = AesGcm.decrypt(e.ciphertext, process.env.SIM_APIV3_KEY, e.nonce, e.associated_data);
      }
      return text;
    }],
  });
  delete certs.any;
  return certs;
}

/** The package's own parts, as its guide puts them together. */
function hear(certs, { headers, body }) {
  if (!body.startsWith('<xml')) {
    const [timestamp, nonce, signature, serial] = ['timestamp', 'nonce', 'signature', 'serial'].map(name => headers['wechatpay-' + name]);
    assert.ok(Rsa.verify(Formatter.response(timestamp, nonce, body), signature, certs[serial]), 'a callback that is not genuine');
    const { ciphertext, nonce: iv, associated_data: aad } = JSON.parse(body).resource;
    return JSON.parse(AesGcm.decrypt(ciphertext, process.env.SIM_APIV3_KEY, iv, aad));
  }
  const { sign, ...message } = Transformer.toObject(body);
  if (message.req_info) {
    return Transformer.toObject(AesEcb.decrypt(message.req_info, Hash.md5(merchant.apiV2Key)));
  }
  const type = sign.length === 64 ? 'HMAC-SHA256' : 'MD5';
  assert.ok(Hash.equals(Hash.sign(type, message, merchant.apiV2Key), sign), 'a notification that is not genuine');
  return message;
}

async function main() {
  const base = {
    baseURL: process.env.SIM_BASE_URL,
    mchid: merchant.mchId,
    serial: process.env.SIM_MERCHANT_SERIAL,
    privateKey: read('apiclient_key.pem'),
  };
  let certs;
  let wechat;
  const callV2 = async (path, fields, { certificate, bare } = {}) => {
    const call = path.split('/').filter(Boolean).reduce((at, part) => at[part], wechat.v2);
    return (await call.post(fields, { security: !!certificate, nonceless: !!bare })).data;
  };
  const callV3 = async (method, path, values, { params, body }) => {
    const call = path.split('/').slice(2).reduce((at, part) => at[part], wechat.v3);
    return (await (method === 'GET' ? call.get({ params, ...values }) : call.post(body, values))).data;
  };
  await run({
    'V3, certificates': async () => {
      certs = await learnCertificates(base);
      assert.equal(Object.keys(certs).length, 1);
      wechat = new Wechatpay({
        ...base, certs, secret: merchant.apiV2Key,
        merchant: { pfx: read('apiclient_cert.p12'), passphrase: merchant.mchId, ca: read('ca.pem') },
      });
    },
    'V2, MD5': () => v2(callV2),
    'V2, HMAC-SHA256': () => v2(callV2, 'HMAC-SHA256'),
    'V3, scheduled debit and refund': () => v3(callV3),
    'V3, notice': () => notice(callV2, callV3),
    'V2, a wrong number': () => assert.rejects(
      callV2('/pay/orderquery', { appid: merchant.appId, mch_id: merchant.mchId, out_trade_no: unique('NONE') }), { code: 'EV2_RES_STATUS_CODE_NOT_SUCESS' }),
  }, message => hear(certs, message));
}

main();
