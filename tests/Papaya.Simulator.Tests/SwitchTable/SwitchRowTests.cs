using System.Text.Json.Nodes;

namespace Papaya.Simulator.Tests.SwitchTable;

/// <summary>Every value of every switch makes the difference that its meaning says.</summary>
public sealed class SwitchRowTests
{
    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var row in SwitchRows.All)
            {
                foreach (var (value, _) in row.Values)
                {
                    rows.Add(SwitchRows.KeyOf(row), value);
                }
            }

            return rows;
        }
    }

    public static TheoryData<string> Names => [.. Switches.All.Select(s => s.Name)];

    /// <summary>The default as the program starts with it; every other value for this merchant only, who has it wherever something happens for him.</summary>
    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_value_decides_what_is_seen(string key, string value)
    {
        var row = SwitchRows.Find(key);
        await using var world = await World.StartAsync(start: row.Start, switches: row.Beside);
        if (value != row.Values[0].Value)
        {
            await world.DoAsync("/switches", new JsonObject { [row.Switch] = value, ["mch_id"] = World.MchId });
        }

        Assert.Equal(row.Values.Single(v => v.Value == value).Seen, await row.See(world));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_value_of_a_switch_has_a_row_that_tells_it_from_each_other(string name)
    {
        var known = Switches.All.Single(s => s.Name == name);
        var rows = SwitchRows.All.Where(r => r.Switch == name).ToList();
        Assert.All(rows, row => Assert.Equal(known.Values, row.Values.Select(v => v.Value)));
        foreach (var value in known.Values)
        {
            Assert.All(known.Values.Where(other => other != value), other => Assert.Contains(rows, row => Seen(row, value) != Seen(row, other)));
        }
    }

    [Fact]
    public void There_is_no_row_without_a_switch() => Assert.Empty(SwitchRows.All.Select(r => r.Switch).Except(Switches.All.Select(s => s.Name)));

    private static string? Seen(SwitchRow row, string value) => row.Values.Single(v => v.Value == value).Seen;
}
