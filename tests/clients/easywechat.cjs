'use strict';
// node-easywechat over plain http: only http.baseURL is configured. The client certificate is a header there.
const { Pay } = require('node-easywechat');
const ServerRequest = require('node-easywechat/dist/Core/Http/ServerRequest');
const Message = require('node-easywechat/dist/Pay/Message');
const { assert, file, merchant, notice, run, unique, v2, v3 } = require('./flow.cjs');

const app = new Pay({
  mch_id: merchant.mchId,
  secret_key: process.env.SIM_APIV3_KEY,
  v2_secret_key: merchant.apiV2Key,
  private_key: file('apiclient_key.pem'),
  certificate: file('apiclient_cert.pem'),
  http: { baseURL: process.env.SIM_BASE_URL },
  file_cache: { path: process.env.SIM_KEYS }, // Platform certificates live for 10 hours there; here each simulator has its own.
});
const client = app.getClient();

/** Its verification knows MD5 only, so MD5 it is. It signs a nonce that it does not send, so one is always given (null: none). */
async function callV2(path, fields, { certificate, bare } = {}) {
  const reply = (await client.post(path, {
    xml: { ...fields, nonce_str: bare ? null : unique('nonce') },
    ...(certificate && { headers: { 'X-Client-Cert': merchant.mchId } }),
  })).toObject();
  assert.equal(reply.return_code, 'SUCCESS', reply.return_msg);
  assert.equal(reply.result_code, 'SUCCESS', `${reply.err_code} ${reply.err_code_des}`);
  assert.ok(app.getValidator().validateV2(new Message(reply)));
  return reply;
}

/** The body goes as data: what postJson sends is not what it signs. The validator downloads /v3/certificates by itself. */
async function callV3(method, path, values, { params, body }) {
  const url = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name]));
  const reply = await client.request(method, url, { ...(params && { params }), ...(body && { data: body }) });
  assert.ok(!reply.isFailed(), `${reply.getStatusCode()} ${reply.toJson()}`);
  await app.getValidator().validate(reply.toHttpResponse());
  return reply.getStatusCode() === 204 ? undefined : reply.toObject();
}

/** Refund notices have no sign: that they can be decrypted is all the proof there is. */
async function hear({ headers, body }) {
  const request = new ServerRequest('POST', '/wechat', headers, body);
  app.setRequest(request);
  const message = await app.getServer().getRequestMessage(request);
  if (!body.startsWith('<xml')) {
    await app.getValidator().validate(request);
  } else if (!body.includes('<req_info>')) {
    app.getValidator().validateV2(message);
  }
  return message.toObject().root ?? message.toObject();
}

run({
  'V2, MD5': () => v2(callV2),
  'V3, scheduled debit and refund': () => v3(callV3),
  'V3, notice': () => notice(callV2, callV3),
}, hear);
