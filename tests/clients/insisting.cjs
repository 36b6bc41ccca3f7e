'use strict';
// Two clients that know no address but WeChat's own, over https, by to-this-machine.cjs. They have no calls of delegated debit,
// so node-easywechat signs and debits before, and they ask and refund.
const Tenpay = require('tenpay');
const WechatPayV3 = require('wechatpay-node-v3');
const { Pay } = require('node-easywechat');
const { advance, assert, file, hour, merchant, order, pay, read, run, unique } = require('./flow.cjs');

const tenpay = new Tenpay({
  appid: merchant.appId, mchid: merchant.mchId, partnerKey: merchant.apiV2Key, pfx: read('apiclient_cert.p12'), notify_url: 'http://127.0.0.1:9/not-listening',
});
const v3 = new WechatPayV3({
  appid: merchant.appId, mchid: merchant.mchId, publicKey: read('apiclient_cert.pem'), privateKey: read('apiclient_key.pem'), key: process.env.SIM_APIV3_KEY,
});
const client = new Pay({
  mch_id: merchant.mchId, secret_key: process.env.SIM_APIV3_KEY, v2_secret_key: merchant.apiV2Key,
  private_key: file('apiclient_key.pem'), certificate: file('apiclient_cert.pem'), http: { baseURL: 'https://api.mch.weixin.qq.com' },
}).getClient();

/** The number of an order that a user has paid while signing. */
async function paid() {
  const { fields, number, openid } = await order();
  const reply = (await client.post('/pay/contractorder', { xml: { ...fields, nonce_str: unique('nonce') } })).toObject();
  assert.equal(reply.result_code, 'SUCCESS', `${reply.return_msg} ${reply.err_code_des}`);
  await pay(reply.prepay_id, openid);
  return number;
}

run({
  'tenpay: query, refund with the certificate, query the refund': async () => {
    const [number, refund] = [await paid(), unique('R')];
    assert.equal((await tenpay.orderQuery({ out_trade_no: number })).trade_state, 'SUCCESS');
    const asked = { out_trade_no: number, out_refund_no: refund, total_fee: 1000, refund_fee: 100 };
    assert.equal((await tenpay.refund(asked)).refund_fee, '100');
    await advance(hour);
    assert.equal((await tenpay.refundQuery({ out_refund_no: refund, sign_type: 'HMAC-SHA256' })).refund_status_0, 'SUCCESS');
  },
  'wechatpay-node-v3: certificates': async () => {
    const [certificate] = await v3.get_certificates();
    assert.match(certificate.serial_no, /^[0-9A-F]{40}$/);
    assert.match(certificate.publicKey, /^-----BEGIN PUBLIC KEY-----/);
  },
  'wechatpay-node-v3: query, refund, query the refund': async () => {
    const [number, refund] = [await paid(), unique('R')];
    assert.equal((await v3.query({ out_trade_no: number })).data.trade_state, 'SUCCESS');
    const asked = await v3.refunds({ out_trade_no: number, out_refund_no: refund, amount: { refund: 100, total: 1000, currency: 'CNY' } });
    assert.equal(asked.status, 200, JSON.stringify(asked));
    await advance(hour);
    assert.equal((await v3.find_refunds(refund)).data.status, 'SUCCESS');
  },
});
