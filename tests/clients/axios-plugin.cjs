'use strict';
// wechatpay-axios-plugin over https: only baseURL is configured; the authority comes by NODE_EXTRA_CA_CERTS, the client certificate as p12.
const { Wechatpay, Aes: { AesGcm } } = require('wechatpay-axios-plugin');
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

async function main() {
  const base = {
    baseURL: process.env.SIM_BASE_URL,
    mchid: merchant.mchId,
    serial: process.env.SIM_MERCHANT_SERIAL,
    privateKey: read('apiclient_key.pem'),
  };
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
      const certs = await learnCertificates(base);
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
  });
}

main();
