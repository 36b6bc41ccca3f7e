using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Serialization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Papaya.Benchmarks.Baselines;

/// <summary>
/// The shape "JSON hop": models are JSON models, and XML is only how they travel. A request becomes JSON, a dictionary, JSON
/// again and XML; a notification becomes JSON to be verified, and a model by an <see cref="XmlSerializer"/> that is made for
/// each call, because it is told the name of the root.
/// </summary>
internal static class JsonHop
{
    public static string Sign(ApplyModel request, string key)
    {
        var fields = JsonConvert.DeserializeObject<Dictionary<string, string?>>(JsonConvert.SerializeObject(request))!;
        fields["sign"] = SignOf(fields, key);

        // The signed fields are JSON once more; that is put under the root's name; and that becomes XML.
        var json = new JObject { ["xml"] = JObject.Parse(JsonConvert.SerializeObject(fields)) }.ToString(Newtonsoft.Json.Formatting.None);
        return JsonConvert.DeserializeXmlNode(json)!.OuterXml;
    }

    public static NotificationModel? VerifyAndRead(string body, string key)
    {
        var document = new XmlDocument { XmlResolver = null };
        document.LoadXml(body);
        var json = JsonConvert.SerializeXmlNode(document, Newtonsoft.Json.Formatting.None, omitRootObject: true);
        var fields = new Dictionary<string, string?>();
        foreach (var property in JObject.Parse(json).Properties())
        {
            fields[property.Name] = property.Value is JObject section ? (string?)section["#cdata-section"] : (string?)property.Value;
        }

        if (!string.Equals(SignOf(fields, key), fields["sign"], StringComparison.Ordinal))
        {
            return null;
        }

        var serializer = new XmlSerializer(typeof(NotificationModel), new XmlRootAttribute("xml"));
        using var reader = new StringReader(body);
        return (NotificationModel?)serializer.Deserialize(reader);
    }

    private static string SignOf(Dictionary<string, string?> fields, string key)
    {
        var pairs = fields.Where(f => f.Key != "sign" && !string.IsNullOrEmpty(f.Value)).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={f.Value}");
        return Convert.ToHexString(MD5.HashData(Encoding.UTF8.GetBytes(string.Join("&", pairs) + "&key=" + key)));
    }
}
