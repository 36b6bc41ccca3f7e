using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Components;

namespace Papaya.Simulator.Pages.Room;

/// <summary>What all pages of the control room are given: JSON as the control API has it.</summary>
public abstract class RoomPage : ComponentBase
{
    [Parameter] public Language L { get; set; }

    [Parameter] public required PageAddress Here { get; set; }

    [Parameter] public required JsonObject View { get; set; }
}

/// <summary>Reading JSON without ceremony; what is absent is empty.</summary>
internal static class JsonReading
{
    extension(JsonNode? node)
    {
        public string Text(string name) => node?[name] switch
        {
            null => "",
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            var other => other.ToJsonString(),
        };

        public long Number(string name) => decimal.TryParse(node?[name]?.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? (long)number : 0;

        public bool Is(string name) => node?[name] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

        public DateTimeOffset? At(string name) =>
            DateTimeOffset.TryParse(node.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

        public IEnumerable<JsonNode> Rows(string name) => node?[name] is JsonArray rows ? rows.OfType<JsonNode>() : [];

        public IEnumerable<KeyValuePair<string, JsonNode?>> Members(string name) => node?[name] is JsonObject members ? members : [];
    }
}
