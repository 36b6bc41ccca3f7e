"""Signs, debits, is notified, asks, terminates: WeChat Pay's V2 calls with nothing but Python's own library (3.8 or newer).

    python3 rehearse.py http://127.0.0.1:8090     (papaya simulate)
"""
import hashlib
import hmac
import json
import sys
import threading
import time
import urllib.request
import xml.etree.ElementTree as ElementTree
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

WECHAT = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8090"  # in production: https://api.mch.weixin.qq.com
KEY = "192006250b4c09247ec02edce69f6a2d"
ME = {"appid": "wxd930ea5d5a258f4f", "mch_id": "10000100"}
RUN = format(time.time_ns() // 1000, "x")
OPENID = "oPython" + RUN


# ---- the protocol: all values that are not empty, in the order of their names, and the key, through MD5 -----------------------

def sign(fields):
    text = "".join(f"{name}={fields[name]}&" for name in sorted(fields) if name != "sign" and fields[name] != "") + "key=" + KEY
    return hashlib.md5(text.encode()).hexdigest().upper()


def is_genuine(fields):
    return hmac.compare_digest(fields.get("sign", ""), sign(fields))


def write(fields):
    return ("<xml>" + "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in fields.items()) + "</xml>").encode()


def read(body):
    return {element.tag: element.text or "" for element in ElementTree.fromstring(body)}


def post(url, body, content_type):
    request = urllib.request.Request(url, body, {"Content-Type": content_type})
    with urllib.request.urlopen(request, timeout=15) as answer:
        return answer.read()


def call(path, **fields):
    fields = {**ME, **fields}
    reply = read(post(WECHAT + path, write({**fields, "sign": sign(fields)}), "text/xml"))
    assert reply["return_code"] == "SUCCESS", reply
    assert is_genuine(reply), path + ": the reply is not signed with our key"
    assert reply["result_code"] == "SUCCESS", reply
    return reply


# ---- what only the simulator has: a user with a phone, and a clock that can be moved ------------------------------------------

def simulator(path, **body):
    return json.loads(post(WECHAT + "/_sim" + path, json.dumps(body).encode(), "application/json"))


# ---- our callback: verify, remember, answer -----------------------------------------------------------------------------------

notified = []


class Callback(BaseHTTPRequestHandler):
    def do_POST(self):
        message = read(self.rfile.read(int(self.headers["Content-Length"])))
        genuine = is_genuine(message)
        if genuine:
            notified.append(message)
        answer = write({"return_code": "SUCCESS", "return_msg": "OK"} if genuine else {"return_code": "FAIL", "return_msg": "sign"})
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Callback)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    notify_url = f"http://127.0.0.1:{server.server_port}/wechat"

    simulator("/users", openid=OPENID, balance=100000)
    order = call(
        "/pay/contractorder", nonce_str=RUN, contract_mchid=ME["mch_id"], contract_appid=ME["appid"], out_trade_no="F" + RUN, body="会员首月",
        notify_url=notify_url, total_fee=1500, spbill_create_ip="203.0.113.9", trade_type="JSAPI", openid=OPENID, plan_id=12535, contract_code="C" + RUN,
        request_serial=time.time_ns() // 1000000, contract_display_account="张三", contract_notify_url=notify_url)
    contract = simulator("/cashier/" + order["prepay_id"], openid=OPENID, action="pay", sign=True)["contract_id"]
    print("signed     ", contract)

    call(
        "/pay/pappayapply", nonce_str=RUN, out_trade_no="D" + RUN, body="会员第二个月", total_fee=2500, spbill_create_ip="198.51.100.7",
        notify_url=notify_url, trade_type="PAP", contract_id=contract)
    simulator("/clock", advance_seconds=25 * 3600)  # this template's debits wait for 24 hours
    debit = next(message for message in notified if message.get("out_trade_no") == "D" + RUN)
    assert debit["total_fee"] == "2500", debit
    print("notified   ", debit["transaction_id"])

    query = call("/pay/orderquery", nonce_str=RUN, out_trade_no="D" + RUN)
    assert (query["trade_state"], query["transaction_id"]) == ("SUCCESS", debit["transaction_id"]), query
    print("asked      ", query["trade_state"])

    call("/papay/deletecontract", contract_id=contract, contract_termination_remark="用户要求", version="1.0")
    assert call("/papay/querycontract", contract_id=contract, version="1.0")["contract_state"] == "1"
    print("terminated ", contract)
    server.shutdown()


if __name__ == "__main__":
    main()
