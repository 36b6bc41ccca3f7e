namespace Papaya.WeChatPay.Tests;

/// <summary>Tests that need the process for themselves: they count its memory, fill it, or change its time zone.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;
