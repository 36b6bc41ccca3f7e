// Official account: opens the cashier inside WeChat's browser. `invoke` is what the back end's POST /checkouts gave.

/** Resolves when the cashier was closed, whatever happened in it; the server knows the outcome. */
export async function openCashier(invoke) {
  const bridge = await bridgeReady();
  const { appId, timeStamp, nonceStr, package: order, signType, paySign } = invoke;
  return new Promise((resolve) =>
    bridge.invoke(
      'getBrandWCPayRequest',
      { appId, timeStamp: String(timeStamp), nonceStr, package: order, signType, paySign },
      (answer) => resolve(answer.err_msg.split(':')[1]), // ok, cancel or fail: a hint for the page, no proof of payment
    ),
  );
}

/** Asks the back end until the payment is known, at most a minute. */
export async function outcome(checkoutId, wait = (ms) => new Promise((go) => setTimeout(go, ms))) {
  for (let i = 0; i < 30; i++) {
    const checkout = await (await fetch(`/checkouts/${checkoutId}`)).json();
    if (checkout.isPaid) return checkout; // The contract is a second outcome: look at contractId, it may come later or never.
    await wait(2000);
  }
  return null;
}

function bridgeReady() {
  return new Promise((resolve) =>
    window.WeixinJSBridge
      ? resolve(window.WeixinJSBridge)
      : document.addEventListener('WeixinJSBridgeReady', () => resolve(window.WeixinJSBridge), { once: true }),
  );
}
