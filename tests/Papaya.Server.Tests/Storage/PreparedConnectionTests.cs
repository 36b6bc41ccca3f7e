using Microsoft.Data.Sqlite;
using Papaya.Server.Storage;
using Papaya.Testing;

namespace Papaya.Server.Tests.Storage;

public sealed class PreparedConnectionTests : IAsyncLifetime
{
    private readonly SqliteFile _file = new();

    public Task InitializeAsync() => _file.InitializeAsync();

    public Task DisposeAsync() => _file.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("月度会员 ¥25 😀")]
    [InlineData("it's \"quoted\" -- and ; more")]
    public async Task Text_comes_back_as_it_went_in(string text)
    {
        Assert.Equal(text, await _file.Db.WriteAsync(tx => tx.ScalarAsync<string>("select @Text", new { Text = text })));
        var longer = string.Concat(Enumerable.Repeat(text + "x", 1_000));
        Assert.Equal(longer, await _file.Db.WriteAsync(tx => tx.ScalarAsync<string>("select @Text", new { Text = longer })));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public async Task Numbers_come_back_as_they_went_in(long number) =>
        Assert.Equal(number, await _file.Db.WriteAsync(tx => tx.ScalarAsync<long>("select @Number", new { Number = number })));

    [Fact]
    public async Task A_statement_may_be_used_while_its_own_rows_are_read_elsewhere()
    {
        var sums = await _file.Db.WriteAsync(async tx =>
        {
            var outer = await tx.QueryAsync<long>("select value from json_each('[1,2,3]') order by value");
            var inner = new List<long>();
            foreach (var number in outer)
            {
                inner.Add((await tx.QueryAsync<long>("select value from json_each('[1,2,3]') order by value")).Sum() + number);
            }

            return inner;
        });
        Assert.Equal([7L, 8L, 9L], sums);
    }

    [Fact]
    public async Task A_mistake_of_ours_says_which()
    {
        var missing = await Assert.ThrowsAsync<InvalidOperationException>(() => _file.Db.WriteAsync(tx => tx.ScalarAsync<long>("select @number", new { Number = 1L })));
        Assert.Contains("@number", missing.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => _file.Db.WriteAsync(tx => tx.ExecuteAsync("delete from event; delete from plan")));
        await Assert.ThrowsAsync<NotSupportedException>(() => _file.Db.WriteAsync(tx => tx.ScalarAsync<long>("select @Number", new { Number = 1.5 })));
        await Assert.ThrowsAsync<NotSupportedException>(() => _file.Db.WriteAsync(tx => tx.ScalarAsync<object>("select 1.5")));
    }

    [Fact]
    public async Task A_refused_row_leaves_the_statement_fit_for_the_next()
    {
        const string sql = "insert into ledger_entry (cause, step, line, account, amount, posted_at) values (@Cause, 's', 1, 'revenue', 0, 1)";
        Assert.Equal(1, await _file.Db.WriteAsync(tx => tx.ExecuteAsync(sql, new { Cause = "a" })));
        var e = await Assert.ThrowsAsync<SqliteException>(() => _file.Db.WriteAsync(tx => tx.ExecuteAsync(sql, new { Cause = "a" })));
        Assert.True(_file.Db.Dialect.IsDuplicateKey(e));
        Assert.Equal(1, await _file.Db.WriteAsync(tx => tx.ExecuteAsync(sql, new { Cause = "b" })));
        Assert.Equal(0, await _file.Db.WriteAsync(tx => tx.ExecuteAsync(sql + " on conflict (cause, step, line) do nothing", new { Cause = "b" })));
    }
}
