using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;

namespace Papaya.Benchmarks.Baselines;

/// <summary>
/// The shape "hashtable and concatenation": fields live in a Hashtable, whose keys are copied and sorted for each sign; the XML
/// is put together as text; a notification is loaded into a document and from there into a Hashtable.
/// </summary>
internal static class HashtableText
{
    public static string Sign(ApplyModel request, string key)
    {
        var fields = new Hashtable();
        foreach (var (name, value) in request.Fields())
        {
            fields.Add(name, value);
        }

        fields.Add("sign", SignOf(fields, key));
        var text = "<xml>";
        foreach (string name in fields.Keys)
        {
            if (fields[name] is not string value)
            {
                continue;
            }

            if (Regex.IsMatch(value, "^[0-9.]+$"))
            {
                text += "<" + name + ">" + value + "</" + name + ">";
            }
            else
            {
                text += "<" + name + "><![CDATA[" + value + "]]></" + name + ">";
            }
        }

        return text + "</xml>";
    }

    public static NotificationModel? VerifyAndRead(string body, string key)
    {
        var document = new XmlDocument { XmlResolver = null };
        document.LoadXml(body);
        var fields = new Hashtable();
        foreach (XmlNode node in document.DocumentElement!.ChildNodes)
        {
            fields.Add(node.Name, node.InnerText);
        }

        if (!string.Equals(SignOf(fields, key), (string?)fields["sign"], StringComparison.Ordinal))
        {
            return null;
        }

        return NotificationModel.From(name => (string?)fields[name]);
    }

    private static string SignOf(Hashtable fields, string key)
    {
        var text = "";
        var names = new ArrayList(fields.Keys);
        names.Sort();
        foreach (string name in names)
        {
            var value = (string?)fields[name];
            if (!string.IsNullOrEmpty(value) && name != "sign")
            {
                text += name;
                text += "=";
                text += value;
                text += "&";
            }
        }

        text += "key=" + key;
        using var md5 = MD5.Create();
        var sign = new StringBuilder();
        foreach (var b in md5.ComputeHash(Encoding.UTF8.GetBytes(text)))
        {
            sign.Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }

        return sign.ToString();
    }
}
