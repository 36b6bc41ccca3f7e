using System.Reflection;
using BenchmarkDotNet.Running;

// In process: this release of BenchmarkDotNet cannot build a project of its own for .NET 10.
BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(["--inProcess", .. args]);
