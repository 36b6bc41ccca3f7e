using System.Globalization;
using System.Runtime.InteropServices;

namespace Papaya.Simulator.Tests.Journal;

/// <summary>What becomes of a world whose file could not be written for a while.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papaya-full-");

    private string Journal => Path.Combine(_folder.FullName, "simulator.journal");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Nothing_that_was_answered_for_is_missing_after_a_restart()
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // Elsewhere there is no /dev/full.
        }

        string before;
        var killed = Journal + ".killed";
        await using (var world = await World.StartAsync(Journal))
        {
            var openid = await world.UserAsync();
            Fill(Journal);
            Assert.Equal(500, (await world.ContractOrderAsync(openid, ("out_trade_no", "PAY1"), ("contract_code", "C1"))).Status);

            // The disk has room again. The same order once more changes nothing in memory, and is answered all the same.
            Assert.Equal("SUCCESS", (await world.ContractOrderAsync(openid, ("out_trade_no", "PAY1"), ("contract_code", "C1"))).Outcome);
            File.Copy(Journal, killed);
            before = world.State.Fingerprint();
        }

        await using var again = await World.StartAsync(killed);
        Assert.Equal(before, again.State.Fingerprint());
        Assert.Equal("NOTPAY", (await again.OrderQueryAsync("PAY1"))["trade_state"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_falls_due_by_itself_happens_and_is_written_as_soon_as_there_is_room(bool afterTheClock)
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // Elsewhere there is no /dev/full.
        }

        var killed = Journal + ".killed";
        var machine = new RingingMachine(World.Start);
        await using (var world = await World.StartAsync(Journal, machine: machine))
        {
            var contract = await world.SignedAsync();
            machine.Now += TimeSpan.FromHours(13);
            await world.ApplyAsync(contract, "D1");
            await world.SettleAsync();
            Assert.Equal("ACCEPT", (await world.OrderQueryAsync("D1", "/pay/paporderquery"))["trade_state"]);
            machine.Now += TimeSpan.FromDays(2);
            var isFull = false;
            world.Clock.Reached += _ => FillOnce();
            if (!afterTheClock)
            {
                FillOnce();
            }

            machine.Ring();
            Assert.True(isFull);
            await world.SettleAsync();
            Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1", "/pay/paporderquery"))["trade_state"]);
            File.Copy(Journal, killed);

            void FillOnce()
            {
                if (!isFull)
                {
                    isFull = true;
                    Fill(Journal);
                }
            }
        }

        await using var again = await World.StartAsync(killed);
        Assert.Equal("SUCCESS", (await again.OrderQueryAsync("D1", "/pay/paporderquery"))["trade_state"]);
    }

    /// <summary>A machine whose time passes as the test says, and whose timers ring when it says so, on its thread.</summary>
    private sealed class RingingMachine(DateTimeOffset start) : TimeProvider
    {
        private Action? _callbacks;

        public DateTimeOffset Now { get; set; } = start;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Ring() => _callbacks?.Invoke();

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Now.UtcTicks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _callbacks += () => callback(state);
            return new Silent();
        }

        private sealed class Silent : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }

    /// <summary>Whatever is open under this name is written to /dev/full from now on.</summary>
    private static void Fill(string path)
    {
        var full = Open("/dev/full\0"u8.ToArray(), 2); // to read and to write
        var found = Directory.GetFiles("/proc/self/fd").Where(fd => new FileInfo(fd).LinkTarget == path).ToList();
        Assert.NotEmpty(found);
        Assert.All(found, fd => Assert.True(Duplicate(full, int.Parse(Path.GetFileName(fd), CultureInfo.InvariantCulture)) >= 0));
        Assert.Equal(0, Close(full));
    }

    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "dup2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Duplicate(int from, int to);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int file);
}
