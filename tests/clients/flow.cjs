'use strict';
// What all clients do here, whatever their interface: sign, debit, query, refund, terminate; first by V2, then by V3. What WeChat sends about it is
// verified and decrypted by the same client.
// The simulator's address, folder of keys and merchant come from the environment; Clients/ThirdPartyClientTests.cs in Papaya.World.Tests sets it.
const assert = require('node:assert/strict');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const control = process.env.SIM_CONTROL;
const merchant = {
  mchId: '10000100',
  appId: 'wxd930ea5d5a258f4f',
  planId: 12535,
  apiV2Key: '192006250b4c09247ec02edce69f6a2d',
};
const heard = [];
let callback = 'http://127.0.0.1:9/not-listening'; // until run() opens a door
const hour = 3600;
let made = 0;

/** Unique in the simulator, which other scripts use too. */
const program = Date.now().toString(36);
const unique = prefix => `${prefix}${program}${String(++made).padStart(4, '0')}`;
const file = name => path.join(process.env.SIM_KEYS, name);
const read = name => fs.readFileSync(file(name));

/** The simulator's control API: what in real life people and time do. */
async function world(method, at, body) {
  const response = await fetch(control + '/_sim' + at, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${at}: ${response.status} ${text}`);
  return JSON.parse(text);
}
const day = 86400000;
const beijing = at => new Date(at + 8 * 3600000).toISOString().slice(0, 10);
const moveTo = (date, time) => world('POST', '/clock', { to: `${date}T${time}:00+08:00` });
const now = async () => Date.parse((await world('GET', '/clock')).now);
const advance = seconds => world('POST', '/clock', { advance_seconds: seconds });

const said = message => message.problem ?? JSON.stringify(message).slice(0, 200);

/** What came about it, once: time stands until all messages that are due have been answered. */
async function told(what) {
  await advance(1);
  const fits = heard.filter(message => Object.entries(what).every(([name, value]) => `${message[name]}` === value));
  assert.equal(fits.length, 1, `${fits.length} messages about ${JSON.stringify(what)} in\n${heard.map(said).join('\n')}`);
  return fits[0];
}

async function newUser() {
  const openid = unique('oClient');
  await world('POST', '/users', { openid, balance: 100000 });
  return openid;
}

async function balanceOf(openid) {
  return (await world('GET', '/users/' + openid)).balance;
}

/** The fields of a first payment that offers the contract, and who will pay. */
async function order(signType) {
  const [openid, number] = [await newUser(), unique('F')];
  const me = { appid: merchant.appId, mch_id: merchant.mchId, ...(signType && { sign_type: signType }) };
  return {
    number,
    openid,
    fields: {
      ...me, contract_mchid: merchant.mchId, contract_appid: merchant.appId, out_trade_no: number, body: '会员 <a&b>', notify_url: callback,
      total_fee: 1000, spbill_create_ip: '127.0.0.1', trade_type: 'JSAPI', openid, plan_id: merchant.planId, contract_code: unique('C'),
      request_serial: 1000 + made, contract_display_account: '张三', contract_notify_url: callback,
    },
  };
}

/** The user pays and signs; the contract's number. */
async function pay(prepayId, openid) {
  const visit = await world('POST', '/cashier/' + prepayId, { openid, action: 'pay', sign: true });
  assert.ok(visit.paid && visit.signed, visit.reason);
  return visit.contract_id;
}

/**
 * call(path, fields, { certificate, bare }) sends a V2 call and returns the reply when it is a verified success. certificate: with the client
 * certificate. bare: without nonce_str, which these calls do not have. signType: undefined for MD5.
 */
async function v2(call, signType) {
  const me = { appid: merchant.appId, mch_id: merchant.mchId };
  const signed = signType ? { ...me, sign_type: signType } : me;
  const [debit, refund] = [unique('D'), unique('R')];

  const { fields, number, openid } = await order(signType);
  const { prepay_id: prepayId } = await call('/pay/contractorder', fields);
  const contract = await pay(prepayId, openid);
  assert.equal((await told({ out_trade_no: number, contract_id: contract })).total_fee, '1000');
  assert.equal((await told({ change_type: 'ADD', contract_id: contract })).openid, openid);
  const about = { ...me, contract_id: contract, version: '1.0' };
  assert.equal((await call('/papay/querycontract', about, { bare: true })).contract_state, '0');

  await call('/pay/pappayapply', {
    ...signed, out_trade_no: debit, body: '会员', total_fee: 1000, spbill_create_ip: '127.0.0.1', notify_url: callback, trade_type: 'PAP', contract_id: contract,
  });
  await advance(25 * hour); // This template's debits wait for 24 hours.
  const paid = await call('/pay/orderquery', { ...signed, out_trade_no: debit });
  assert.equal(paid.trade_state, 'SUCCESS');
  assert.equal(paid.total_fee, '1000');
  assert.equal(await balanceOf(openid), 98000);
  assert.equal((await told({ out_trade_no: debit, total_fee: '1000' })).transaction_id, paid.transaction_id);

  const refunded = { out_trade_no: debit, out_refund_no: refund, total_fee: 1000, refund_fee: 400, notify_url: callback };
  await call('/secapi/pay/refund', { ...signed, ...refunded }, { certificate: true });
  await advance(hour);
  assert.equal((await told({ out_refund_no: refund, refund_status: 'SUCCESS' })).refund_fee, '400');
  assert.equal((await call('/pay/refundquery', { ...signed, out_refund_no: refund })).refund_status_0, 'SUCCESS');
  assert.equal(await balanceOf(openid), 98400);

  await call('/papay/deletecontract', { ...about, contract_termination_remark: '用户要求' }, { bare: true });
  assert.equal((await call('/papay/querycontract', about, { bare: true })).contract_state, '1');
  assert.equal((await told({ change_type: 'DELETE', contract_id: contract })).contract_termination_mode, '3');

  const moved = (await world('GET', '/ledger')).entries.filter(e => e.openid === openid).map(e => `${e.kind} ${e.amount}`);
  assert.deepEqual(moved, ['payment 1000', 'debit 1000', 'refund 400']);
}

/**
 * A scheduled debit (预约扣费), which is V3 from end to end. call(method, path, { path values }, { params | body }) sends a V3 call and returns the
 * verified reply.
 */
async function v3(call) {
  const on = await now() + 2 * day;
  const contractPath = '/v3/papay/sign/contracts/plan-id/{plan_id}/out-contract-code/{code}';

  const sign = async (openid, on) => {
    const code = unique('S');
    const { redirect_url: url } = await call('POST', '/v3/papay/scheduled-deduct-sign/contracts/pre-entrust-sign/jsapi', {}, {
      body: {
        appid: merchant.appId, openid, plan_id: merchant.planId, out_contract_code: code, contract_display_account: '张三',
        contract_notify_url: callback,
        deduct_schedule: { estimated_deduct_date: beijing(on), estimated_deduct_amount: { total: 1000, currency: 'CNY' }, description: '会员' },
      },
    });
    const visit = await world('POST', '/entrust', { url, openid, action: 'agree' });
    assert.ok(visit.signed, visit.reason);
    return { plan_id: merchant.planId, code };
  };

  const openid = await newUser();
  const who = await sign(openid, on);
  const contract = await call('GET', contractPath, who, {});
  assert.equal(contract.contract_state, 'SIGNED');
  assert.equal((await told({ contract_state: 'SIGNED', contract_id: contract.contract_id })).openid, openid);

  await moveTo(beijing(on - day), '09:00'); // A debit is booked the day before, between 8:00 and 19:30.
  const about = { contract_id: contract.contract_id };
  await call('POST', '/v3/papay/pay/schedules/contract-id/{contract_id}/schedule', about, {
    body: { appid: merchant.appId, schedule_amount: { total: 1000, currency: 'CNY' } },
  });
  assert.equal((await call('GET', '/v3/papay/pay/schedules/contract-id/{contract_id}', about, {})).schedule_state, 'SCHEDULED');

  await moveTo(beijing(on), '09:00');
  const [debit, refund] = [unique('V'), unique('W')];
  await call('POST', '/v3/papay/pay/transactions/apply', {}, {
    body: {
      appid: merchant.appId, out_trade_no: debit, description: '会员', contract_id: contract.contract_id,
      transaction_notify_url: callback, amount: { total: 1000, currency: 'CNY' },
    },
  });
  await advance(60);
  const order = await call('GET', '/v3/pay/transactions/out-trade-no/{debit}', { debit }, { params: { mchid: merchant.mchId } });
  assert.equal(order.trade_state, 'SUCCESS');
  assert.equal(await balanceOf(openid), 99000);
  assert.equal((await told({ out_trade_no: debit, trade_state: 'SUCCESS' })).transaction_id, order.transaction_id);
  assert.equal((await call('GET', contractPath, who, {})).contract_state, 'TERMINATED'); // One debit is all that this product does.
  await told({ contract_state: 'TERMINATED', contract_id: contract.contract_id });

  const asked = { out_trade_no: debit, out_refund_no: refund, notify_url: callback, amount: { refund: 400, total: 1000, currency: 'CNY' } };
  assert.equal((await call('POST', '/v3/refund/domestic/refunds', {}, { body: asked })).amount.refund, 400);
  await advance(hour);
  assert.equal((await call('GET', '/v3/refund/domestic/refunds/{refund}', { refund }, {})).status, 'SUCCESS');
  assert.equal(await balanceOf(openid), 99400);
  assert.equal((await told({ out_refund_no: refund, refund_status: 'SUCCESS' })).amount.refund, 400);

  const other = await sign(await newUser(), on + 2 * day);
  await call('POST', contractPath + '/terminate', other, { body: { contract_termination_remark: '用户要求' } });
  assert.equal((await call('GET', contractPath, other, {})).contract_state, 'TERMINATED');
}

/** The notice before a debit, which is V3 although the debit is V2: without it there would be none. callV2 as for v2, call as for v3. */
async function notice(callV2, call) {
  const { fields, openid } = await order();
  const { prepay_id: prepayId } = await callV2('/pay/contractorder', { ...fields, plan_id: 12536, total_fee: 2500 });
  const contract = await pay(prepayId, openid);
  await call('POST', '/v3/papay/contracts/{contract}/notify', { contract }, {
    body: { mchid: merchant.mchId, appid: merchant.appId, estimated_amount: { amount: 2500, currency: 'CNY' } },
  });
  await moveTo(beijing(await now() + 2 * day), '09:00'); // The day of the notice and the next one are for waiting.
  const debit = unique('N');
  await callV2('/pay/pappayapply', {
    appid: merchant.appId, mch_id: merchant.mchId, out_trade_no: debit, body: '会员', total_fee: 2500, spbill_create_ip: '127.0.0.1', notify_url: callback,
    trade_type: 'PAP', contract_id: contract,
  });
  assert.equal((await told({ out_trade_no: debit, total_fee: '2500' })).contract_id, contract);
}

/** An address that WeChat's messages come to. hear({ headers, body }) verifies one and returns what it says; it throws when it is not genuine. */
async function listen(hear) {
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', chunk => chunks.push(chunk)).on('end', async () => {
      const body = Buffer.concat(chunks).toString();
      try {
        heard.push(await hear({ headers: request.headers, body }));
        response.end(body.startsWith('<xml') ? '<xml><return_code>SUCCESS</return_code><return_msg>OK</return_msg></xml>' : '');
      } catch (problem) {
        heard.push({ problem: problem.stack, body });
        response.writeHead(500).end();
      }
    });
  });
  await new Promise(listening => server.listen(0, '127.0.0.1', listening));
  callback = `http://127.0.0.1:${server.address().port}/wechat`;
  await world('POST', '/templates', { mch_id: merchant.mchId, plan_id: merchant.planId, terminate_notify_url: callback });
  return server;
}

/** Runs the named parts; the last line counts them, and the exit code says whether all held. */
async function run(parts, hear) {
  let failed = 0;
  const door = hear && await listen(hear);
  for (const [name, part] of Object.entries(parts)) {
    try {
      await part();
      console.log(`ok    ${name}`);
    } catch (problem) {
      failed++;
      console.log(`FAIL  ${name}: ${problem.stack}\n${JSON.stringify(problem.response?.data ?? '')}`);
    }
  }
  door?.close().closeAllConnections();
  console.log(`${Object.keys(parts).length - failed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}

module.exports = { assert, advance, balanceOf, file, hour, merchant, newUser, notice, order, pay, read, run, unique, v2, v3, world };
