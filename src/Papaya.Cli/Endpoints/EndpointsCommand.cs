using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;
using Spectre.Console;
using Endpoint = Papaya.WeChatPay.Wire.Endpoint;

namespace Papaya.Cli.Endpoints;

/// <summary><c>endpoints [NAME]</c>: every call of WeChat Pay that the client makes, from the tables that it uses itself.</summary>
internal static class EndpointsCommand
{
    private const int WidthOfTheList = 400; // No path is broken; the table is as wide as its longest one.
    private const int WidthOfTheFields = 170;

    // Read by people too: Chinese titles stay as they are.
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(TextWriter output)
    {
        var name = new Argument<string?>("NAME") { Description = "One call, such as pappayapply; without it all are listed.", DefaultValueFactory = _ => null };
        var json = new Option<bool>("--json") { Description = "For programs." };
        var markdown = new Option<string?>("--markdown") { Description = "Write the reference page to this file." };
        var endpoints = new Command("endpoints", "Show the calls of WeChat Pay with their fields, limits and sign types.") { name, json, markdown };
        endpoints.SetAction(async (parsed, ct) =>
        {
            var wanted = Named(parsed.GetValue(name));
            if (parsed.GetValue(markdown) is { } file)
            {
                await File.WriteAllTextAsync(file, EndpointPage.Write(wanted), ct);
                await output.WriteLineAsync($"wrote {file}: {wanted.Count} calls");
            }
            else if (parsed.GetValue(json))
            {
                await output.WriteLineAsync(new JsonArray([.. wanted.Select(Json)]).ToJsonString(Readable));
            }
            else
            {
                Show(wanted, parsed.GetValue(name) is not null, output);
            }

            return PapayaCommand.Ok;
        });
        return endpoints;
    }

    private static IReadOnlyList<Endpoint> Named(string? name)
    {
        if (name is null)
        {
            return EndpointText.All;
        }

        var found = EndpointText.All.Where(e => e.Name == name || e.Path == name).ToList();
        return found.Count > 0 ? found : throw new CommandFailedException($"There is no call '{name}'. `papaya endpoints` lists them.");
    }

    private static void Show(IReadOnlyList<Endpoint> endpoints, bool inFull, TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = inFull ? WidthOfTheFields : WidthOfTheList;
        if (!inFull)
        {
            var list = Table("name", "", "path", "certificate", "title");
            foreach (var endpoint in endpoints)
            {
                list.AddRow(Plain(endpoint.Name), endpoint.Method.Method, Plain(endpoint.Path), endpoint.NeedsCertificate ? "yes" : "", Plain(endpoint.Title));
            }

            console.Write(list);
            return;
        }

        foreach (var endpoint in endpoints)
        {
            output.WriteLine($"{endpoint.Name}  {endpoint.Title}  {endpoint.Document}");
            foreach (var (fact, value) in EndpointText.Facts(endpoint))
            {
                output.WriteLine($"{fact,-24}{value.Replace("`", "", StringComparison.Ordinal).Replace("([page](", "", StringComparison.Ordinal).Replace("))", "", StringComparison.Ordinal)}");
            }

            var fields = Table("field", "need", "documented", "ours", "form", "note");
            foreach (var field in endpoint.Fields)
            {
                fields.AddRow(
                    Plain(field.Name), EndpointText.Need(field), EndpointText.Documented(field), EndpointText.Ours(field),
                    Plain(EndpointText.Form(field)), Plain(EndpointText.Note(field)));
            }

            console.Write(fields);
        }
    }

    private static Table Table(params ReadOnlySpan<string> columns)
    {
        var table = new Table { Border = TableBorder.Minimal };
        foreach (var column in columns)
        {
            table.AddColumn(column);
        }

        return table;
    }

    private static string Plain(string text) => Markup.Escape(text.Replace("`", "", StringComparison.Ordinal).Replace("\\|", "|", StringComparison.Ordinal));

    private static JsonObject Json(Endpoint endpoint)
    {
        var json = new JsonObject
        {
            ["name"] = endpoint.Name,
            ["version"] = endpoint.Version.ToString(),
            ["method"] = endpoint.Method.Method,
            ["path"] = endpoint.Path,
            ["title"] = endpoint.Title,
            ["document"] = endpoint.Document.ToString(),
            ["needs_certificate"] = endpoint.NeedsCertificate,
            ["is_read"] = endpoint.IsRead,
            ["may_repeat"] = endpoint.MayRepeat,
            ["per_second"] = endpoint.PerSecond,
        };
        if (endpoint is V2Endpoint v2)
        {
            json["has_nonce"] = v2.HasNonce;
            json["reply"] = v2.ReplyForm.ToString();
            json["sign_types"] = new JsonArray([.. v2.SignTypes.Select(type => JsonValue.Create(type.WireName()))]);
        }

        json["partner_path"] = EndpointText.Partner(endpoint)?.Path;
        json["fields"] = new JsonArray([.. endpoint.Fields.Select(Json)]);
        return json;
    }

    private static JsonObject Json(Field field)
    {
        var json = new JsonObject
        {
            ["name"] = field.Name,
            ["need"] = field.Need.ToString(),
            ["place"] = field.Place.ToString(),
            ["form"] = field.Form.ToString(),
            ["documented_length"] = field.MaxLength,
            ["own_length"] = field.OwnMaxLength,
            ["unit"] = field.Unit.ToString(),
        };
        if (field.Choices.Count > 0)
        {
            json["choices"] = new JsonArray([.. field.Choices.Select(choice => JsonValue.Create(choice))]);
        }

        if (field.RequiredWhen is { } when)
        {
            json["required_when"] = new JsonObject { [when.Field] = when.Value };
        }

        if (field.Note is { } note)
        {
            json["note"] = note;
        }

        return json;
    }
}
