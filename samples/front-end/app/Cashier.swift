// iOS: opens the cashier in the WeChat app. Needs WeChat's OpenSDK and a registered universal link.
import Foundation

struct Invocation: Decodable {
    let partnerid, prepayid, package, noncestr, sign: String
    let timestamp: String
}

final class Cashier: NSObject, WXApiDelegate {
    /// Called when the user is back, whatever happened; the server knows the outcome.
    var cameBack: (() -> Void)?

    static func register(appId: String, universalLink: String) {
        WXApi.registerApp(appId, universalLink: universalLink)
    }

    func open(_ invocation: Invocation) {
        guard WXApi.isWXAppInstalled(), let seconds = UInt32(invocation.timestamp) else { return }
        let request = PayReq()
        request.partnerId = invocation.partnerid
        request.prepayId = invocation.prepayid
        request.package = invocation.package
        request.nonceStr = invocation.noncestr
        request.timeStamp = seconds
        request.sign = invocation.sign
        WXApi.send(request)
    }

    func onResp(_ response: BaseResp) {
        // errCode 0 is a hint for the screen, no proof of payment.
        if response is PayResp { cameBack?() }
    }
}
