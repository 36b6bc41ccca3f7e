using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Papaya.Server.Events;

[JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
internal sealed partial class EventJson : JsonSerializerContext
{
    /// <summary>For the stored text of an event's data.</summary>
    public static readonly JsonSerializerOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = Default,
    };
}
