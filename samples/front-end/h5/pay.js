// Mobile browser outside WeChat: leaves for WeChat and asks the server after the return.

/** `url` is Invocations.H5(reply.H5Url, returnUrl), or the RedirectUrl of Contracts.OpenH5Async(…) for signing without payment. */
export function leaveForWeChat(url, checkoutId) {
  sessionStorage.setItem('checkout', checkoutId);
  window.location.href = url; // A normal navigation: WeChat looks at the Referer, and location.replace is refused.
}

/** On the page that the user returns to. Shows a button rather than an outcome: the return says nothing about the payment. */
export function onReturn(button, show) {
  const checkoutId = sessionStorage.getItem('checkout');
  if (!checkoutId) return;
  button.hidden = false;
  button.onclick = async () => show(await (await fetch(`/checkouts/${checkoutId}`)).json());
}
