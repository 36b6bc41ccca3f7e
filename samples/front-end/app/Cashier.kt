// Android: opens the cashier in the WeChat app. Needs WeChat's OpenSDK; the answer arrives in <applicationId>.wxapi.WXPayEntryActivity.
package com.example.shop

import android.content.Context
import com.tencent.mm.opensdk.modelbiz.WXLaunchMiniProgram
import com.tencent.mm.opensdk.modelpay.PayReq
import com.tencent.mm.opensdk.openapi.WXAPIFactory

data class Invocation(
    val appid: String, val partnerid: String, val prepayid: String, val `package`: String,
    val noncestr: String, val timestamp: String, val sign: String,
)

class Cashier(context: Context, private val appId: String) {
    private val wechat = WXAPIFactory.createWXAPI(context, appId, true).also { it.registerApp(appId) }

    /** False when there is no WeChat on the phone. The server knows the outcome. */
    fun open(invocation: Invocation): Boolean = wechat.isWXAppInstalled && wechat.sendReq(
        PayReq().apply {
            appId = invocation.appid
            partnerId = invocation.partnerid
            prepayId = invocation.prepayid
            packageValue = invocation.`package`
            nonceStr = invocation.noncestr
            timeStamp = invocation.timestamp
            sign = invocation.sign
        },
    )

    /** Signing without payment: user name and path are those of Contracts.PreSignAppAsync(…). */
    fun sign(userName: String, path: String): Boolean = wechat.sendReq(
        WXLaunchMiniProgram.Req().apply {
            this.userName = userName
            this.path = path
            miniprogramType = WXLaunchMiniProgram.Req.MINIPTOGRAM_TYPE_RELEASE
        },
    )
}
