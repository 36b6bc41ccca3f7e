using System.Text;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.V3;

/// <summary>获取平台证书列表: every certificate that may sign now or soon, each encrypted under the caller's APIv3 key.</summary>
internal static class Certificates
{
    private const int NonceLength = 12;

    public static readonly V3Rule[] Rules =
    [
        new(
            new V3Table("v3-certificates", "GET", "/v3/certificates",
            [
                new("algorithm_type", V3Kind.Text, false) { Place = FieldPlace.Query, Choices = ["ALL", "RSA", "SM2"] },
            ]),
            List),
    ];

    private static void List(V3Call call)
    {
        if (call.State.Switches.Is("v3_certificates", "none"))
        {
            call.Refuse(404, "RESOURCE_NOT_EXISTS", "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。可查看指引https://pay.weixin.qq.com/doc/v3/merchant/4012153196");
            return;
        }

        call.Succeed(json =>
        {
            json.WriteStartArray("data");
            foreach (var certificate in call.State.Identities.Shown(call.Now).Where(p => p.IsCertificate))
            {
                var nonce = call.State.Nonces.Next()[..NonceLength];
                json.WriteStartObject();
                json.WriteString("serial_no", certificate.Id);
                json.WriteTime("effective_time", certificate.EffectiveAt);
                json.WriteTime("expire_time", certificate.ExpiresAt);
                json.WriteStartObject("encrypt_certificate");
                json.WriteString("algorithm", "AEAD_AES_256_GCM");
                json.WriteString("nonce", nonce);
                json.WriteString("associated_data", "certificate");
                json.WriteString("ciphertext", V3Cipher.Seal(call.Keys.Secret, nonce, "certificate", Encoding.ASCII.GetBytes(certificate.CertificatePem!)));
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }
}
