using System.Reflection;
using BenchmarkDotNet.Running;
using Papaya.Benchmarks;
using Papaya.Benchmarks.Baselines;

if (args is ["ratios", .. var rest])
{
    return Ratios.Run(rest);
}

if (args is ["peers", .. var peers])
{
    return Peers.Run(peers);
}

if (args is ["calls", .. var calls])
{
    return await Calls.RunAsync(calls);
}

// In process: this release of BenchmarkDotNet cannot build a project of its own for .NET 10.
BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(["--inProcess", .. args]);
return 0;
