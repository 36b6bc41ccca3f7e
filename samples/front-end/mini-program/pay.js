// Mini program: opens the cashier, or the signing page without payment.

/** `invoke` is what the back end's POST /checkouts gave. Resolves to true when the user did not cancel; the server knows the outcome. */
export function openCashier(invoke) {
  const { timeStamp, nonceStr, package: order, signType, paySign } = invoke; // appId is signed too, but not passed here.
  return new Promise((resolve) =>
    wx.requestPayment({
      timeStamp: String(timeStamp),
      nonceStr,
      package: order,
      signType,
      paySign,
      success: () => resolve(true),
      fail: () => resolve(false),
    }),
  );
}

/** `signing` is the JSON of Contracts.MiniProgram(…): the signing mini program, its path and the signed extraData. */
export function openSigning(signing) {
  const { appId, path, extraData } = signing;
  return new Promise((resolve, reject) => wx.navigateToMiniProgram({ appId, path, extraData, success: resolve, fail: reject }));
}

/** In app.js: App({ onShow: (options) => cameBack(options, ask) }). The user is back from the signing page; ask the server what became of it. */
export function cameBack(options, ask) {
  const from = options.referrerInfo && options.referrerInfo.appId;
  if (from === 'wxbd687630cd02ce1d') ask();
}
