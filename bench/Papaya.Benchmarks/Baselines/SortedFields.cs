using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Serialization;

namespace Papaya.Benchmarks.Baselines;

/// <summary>
/// The shape "sorted dictionary and XmlSerializer": fields live in a dictionary that keeps them in order, XML is written by an
/// XmlWriter, and a notification is read twice: once into such a dictionary to be verified, once into its model by an
/// <see cref="XmlSerializer"/> that is kept.
/// </summary>
internal static class SortedFields
{
    private static readonly XmlSerializer Serializer = new(typeof(NotificationModel), new XmlRootAttribute("xml"));

    public static string Sign(ApplyModel request, string key)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in request.Fields())
        {
            if (!string.IsNullOrEmpty(value))
            {
                fields.Add(name, value);
            }
        }

        fields.Add("sign", SignOf(fields, key));
        var text = new StringBuilder(1024);
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true }))
        {
            writer.WriteStartElement("xml");
            foreach (var (name, value) in fields)
            {
                writer.WriteElementString(name, value);
            }

            writer.WriteEndElement();
        }

        return text.ToString();
    }

    public static NotificationModel? VerifyAndRead(string body, string key)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var document = XDocument.Parse(body);
        foreach (var element in document.Root!.Elements())
        {
            fields.Add(element.Name.LocalName, element.Value);
        }

        if (!string.Equals(SignOf(fields, key), fields["sign"], StringComparison.Ordinal))
        {
            return null;
        }

        // The model is read from the document that was verified, written once more.
        using var reader = new StringReader(document.ToString(SaveOptions.DisableFormatting));
        var model = (NotificationModel)Serializer.Deserialize(reader)!;

        // Numbered fields are beyond the serializer: what is marked as ignored is filled in from the dictionary.
        foreach (var property in typeof(NotificationModel).GetProperties())
        {
            if (property.GetCustomAttribute<XmlIgnoreAttribute>() is not null)
            {
                property.SetValue(model, fields.Where(f => f.Key.StartsWith("coupon_id_", StringComparison.Ordinal)).Select(f => f.Value).ToList());
            }
        }

        return model;
    }

    private static string SignOf(SortedDictionary<string, string> fields, string key)
    {
        var text = new StringBuilder(512);
        foreach (var (name, value) in fields)
        {
            if (name != "sign" && !string.IsNullOrEmpty(value))
            {
                text.Append(name).Append('=').Append(value).Append('&');
            }
        }

        return Convert.ToHexString(MD5.HashData(Encoding.UTF8.GetBytes(text.Append("key=").Append(key).ToString())));
    }
}
