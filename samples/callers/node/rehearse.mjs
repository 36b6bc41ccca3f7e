// Signs, debits, is notified, asks, terminates: WeChat Pay's V2 calls with nothing but Node itself (18 or newer).
//   node rehearse.mjs http://127.0.0.1:8090     (papaya simulate)
import assert from 'node:assert/strict';
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const wechat = process.argv[2] ?? 'http://127.0.0.1:8090'; // in production: https://api.mch.weixin.qq.com
const key = '192006250b4c09247ec02edce69f6a2d';
const me = { appid: 'wxd930ea5d5a258f4f', mch_id: '10000100' };
const run = Date.now().toString(36);
const openid = 'oNode' + run;

// ---- the protocol: all values that are not empty, in the order of their names, and the key, through MD5 --------------------
const sign = fields => createHash('md5')
  .update(Object.keys(fields).filter(name => name !== 'sign' && fields[name] !== '').sort().map(name => `${name}=${fields[name]}&`).join('') + `key=${key}`)
  .digest('hex').toUpperCase();
const isGenuine = fields => fields.sign?.length === 32 && timingSafeEqual(Buffer.from(fields.sign), Buffer.from(sign(fields)));
const write = fields => '<xml>' + Object.entries(fields).map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`).join('') + '</xml>';
const read = xml => Object.fromEntries([...xml.matchAll(/<(\w+)>(?:<!\[CDATA\[([\s\S]*?)\]\]>|([^<]*))<\/\1>/g)].map(([, name, cdata, text]) => [name, cdata ?? text]));

async function call(path, fields) {
  fields = { ...me, ...fields };
  const body = write({ ...fields, sign: sign(fields) });
  const reply = read(await (await fetch(wechat + path, { method: 'POST', headers: { 'Content-Type': 'text/xml' }, body })).text());
  assert.equal(reply.return_code, 'SUCCESS', reply.return_msg);
  assert.ok(isGenuine(reply), path + ': the reply is not signed with our key');
  assert.equal(reply.result_code, 'SUCCESS', `${reply.err_code} ${reply.err_code_des}`);
  return reply;
}

// ---- what only the simulator has: a user with a phone, and a clock that can be moved ---------------------------------------
async function simulator(path, body) {
  const answer = await fetch(wechat + '/_sim' + path, { method: body ? 'POST' : 'GET', headers: { 'Content-Type': 'application/json' }, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${await answer.clone().text()}`);
  return answer.json();
}

// ---- our callback: verify, remember, answer ----------------------------------------------------------------------------------
const notified = [];
const server = createServer((request, response) => {
  const parts = [];
  request.on('data', part => parts.push(part)).on('end', () => {
    const message = read(Buffer.concat(parts).toString());
    if (isGenuine(message)) notified.push(message);
    response.end(write(isGenuine(message) ? { return_code: 'SUCCESS', return_msg: 'OK' } : { return_code: 'FAIL', return_msg: 'sign' }));
  });
}).listen(0, '127.0.0.1');
await new Promise(ready => server.once('listening', ready));
const notify_url = `http://127.0.0.1:${server.address().port}/wechat`;

try {
  await simulator('/users', { openid, balance: 100000 });
  const order = await call('/pay/contractorder', {
    nonce_str: run, contract_mchid: me.mch_id, contract_appid: me.appid, out_trade_no: 'F' + run, body: '会员首月', notify_url, total_fee: 1500,
    spbill_create_ip: '203.0.113.9', trade_type: 'JSAPI', openid, plan_id: 12535, contract_code: 'C' + run, request_serial: Date.now(),
    contract_display_account: '张三', contract_notify_url: notify_url,
  });
  const { contract_id } = await simulator('/cashier/' + order.prepay_id, { openid, action: 'pay', sign: true });
  console.log('signed      ' + contract_id);

  await call('/pay/pappayapply', {
    nonce_str: run, out_trade_no: 'D' + run, body: '会员第二个月', total_fee: 2500, spbill_create_ip: '198.51.100.7', notify_url, trade_type: 'PAP', contract_id,
  });
  await simulator('/clock', { advance_seconds: 25 * 3600 }); // this template's debits wait for 24 hours
  const debit = notified.find(message => message.out_trade_no === 'D' + run);
  assert.equal(debit?.total_fee, '2500');
  console.log('notified    ' + debit.transaction_id);

  const query = await call('/pay/orderquery', { nonce_str: run, out_trade_no: 'D' + run });
  assert.deepEqual([query.trade_state, query.transaction_id], ['SUCCESS', debit.transaction_id]);
  console.log('asked       ' + query.trade_state);

  await call('/papay/deletecontract', { contract_id, contract_termination_remark: '用户要求', version: '1.0' });
  assert.equal((await call('/papay/querycontract', { contract_id, version: '1.0' })).contract_state, '1');
  console.log('terminated  ' + contract_id);
} finally {
  server.close();
  server.closeAllConnections();
}
