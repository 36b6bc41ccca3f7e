using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Pages;

/// <summary>What a user sees inside WeChat: his money, his messages, his deduction services, and the way out of each.</summary>
internal sealed class ServicesPages(SimulatorState state)
{
    private const int ByUser = 2;
    private const int MostEnded = 20;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/me/{openid}", ShowAsync);
        routes.MapGet("/me/{openid}/end/{contract_id}", AskAsync);
        routes.MapPost("/me/{openid}/end/{contract_id}", EndAsync);
    }

    private static string Route(HttpContext http, string name) => (string?)http.GetRouteValue(name) ?? "";

    private static Task ShowNobodyAsync(HttpContext http, Language l) =>
        http.ShowAsync<Closed>(l, new ClosedView { Headline = l["没有这个用户或服务", "There is no such user or service"] }, StatusCodes.Status404NotFound);

    private Task ShowAsync(HttpContext http)
    {
        var l = Language.OfPhone(http);
        ServicesView? view = null;
        using (state.Begin())
        {
            if (state.FindUser(Route(http, "openid")) is { } user)
            {
                var services = state.ContractsOf(user.Openid).Select(Row).OrderByDescending(s => s.EndedAt ?? s.SignedAt).ToList();
                view = new(user.Openid)
                {
                    Balance = user.Balance,
                    Cards = [.. user.Cards ?? []],
                    Account = user.Account,
                    Active = [.. services.Where(s => s.EndedAt is null)],
                    Ended = [.. services.Where(s => s.EndedAt is not null).Take(MostEnded)],
                    Messages = [.. state.MessagesOf(user.Openid).Reverse().Select(Message)],
                    JustEnded = services.Find(s => s.EndedAt is not null && s.ContractId == http.Request.Query["ended"]) is { } ended ? ended.Template?.Name ?? ended.ContractId : null,
                };
            }
        }

        return view is null ? ShowNobodyAsync(http, l) : http.ShowAsync<Services>(l, view);
    }

    private Task AskAsync(HttpContext http)
    {
        var l = Language.OfPhone(http);
        EndServiceView? view;
        using (state.Begin())
        {
            view = Find(http) is { } contract ? new(contract.Openid, Row(contract)) : null;
        }

        return view is null ? ShowNobodyAsync(http, l) : http.ShowAsync<EndService>(l, view);
    }

    private async Task EndAsync(HttpContext http)
    {
        var l = Language.OfPhone(http);
        Contract? contract;
        using (var op = state.Begin())
        {
            contract = Find(http);
            if (contract is not null)
            {
                Calls.Contracts.Terminate(state, contract, ByUser, null, op.Now);
            }
        }

        if (contract is null)
        {
            await ShowNobodyAsync(http, l);
        }
        else
        {
            http.SeeOther(l.To($"/me/{Uri.EscapeDataString(contract.Openid)}?ended={contract.ContractId}"));
        }

        await http.Response.CompleteAsync();
        state.Arm();
    }

    /// <summary>An active contract of this very user.</summary>
    private Contract? Find(HttpContext http) =>
        state.FindContract(Route(http, "contract_id")) is { IsActive: true } contract && contract.Openid == Route(http, "openid") ? contract : null;

    private ServiceRow Row(Contract c)
    {
        var waiting = state.FindOrder(c.MchId, c.WaitingOrder);
        return new(
            c.ContractId, state.FindMerchant(c.MchId)?.Name ?? c.MchId, state.FindTemplate(c.MchId, c.PlanId), c.DisplayAccount, c.SignedAt, c.TerminatedAt, c.TerminationMode,
            waiting?.Amount, waiting?.DueAt);
    }

    private MessageRow Message(UserMessage m) => new(
        m.Kind, m.At, state.FindMerchant(m.MchId)?.Name ?? m.MchId, state.FindTemplate(m.MchId, m.PlanId)?.Name ?? "", m.Amount, m.From);
}
