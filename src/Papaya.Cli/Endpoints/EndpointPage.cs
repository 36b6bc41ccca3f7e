using System.Text;
using Papaya.WeChatPay.Wire;
using Endpoint = Papaya.WeChatPay.Wire.Endpoint;

namespace Papaya.Cli.Endpoints;

/// <summary>The page <c>docs/reference/endpoints.md</c>.</summary>
internal static class EndpointPage
{
    public static string Write(IEnumerable<Endpoint> endpoints)
    {
        var page = new StringBuilder("""
            # WeChat Pay's calls, as the client knows them

            Written by `papaya endpoints --markdown docs/reference/endpoints.md` from the tables by which `Papaya.WeChatPay` writes and checks
            its requests and the simulator checks what it receives; do not edit it by hand. A field that a table does not have must not be sent:
            missing and surplus fields both make WeChat refuse a sign. Two lengths where WeChat's documents contradict each other: what is
            documented, and in "ours" the narrower one that the client sends. Lengths count characters unless they say bytes. Need: R required,
            C conditional, O optional.

            """);
        foreach (var version in endpoints.GroupBy(e => e.Version))
        {
            page.Append($"\n## {version.Key}\n");
            foreach (var endpoint in version)
            {
                Write(page, endpoint);
            }
        }

        return page.ToString();
    }

    private static void Write(StringBuilder page, Endpoint endpoint)
    {
        page.Append($"\n### {endpoint.Name}\n\n[{endpoint.Title}]({endpoint.Document})\n\n| | |\n|---|---|\n");
        foreach (var (name, value) in EndpointText.Facts(endpoint))
        {
            page.Append($"| {name} | {value} |\n");
        }

        if (endpoint.Fields.Count == 0)
        {
            page.Append("\nNo fields.\n");
            return;
        }

        page.Append("\n| field | need | documented | ours | form | note |\n|---|---|---|---|---|---|\n");
        foreach (var field in endpoint.Fields)
        {
            page.Append($"| `{field.Name}` | {EndpointText.Need(field)} | {EndpointText.Documented(field)} | {EndpointText.Ours(field)} | {EndpointText.Form(field)} | {EndpointText.Note(field)} |\n");
        }
    }
}
