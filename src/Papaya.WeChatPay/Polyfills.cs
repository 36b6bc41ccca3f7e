#if !NET9_0_OR_GREATER
// .NET 8 has no type for locks of its own.
global using Lock = System.Object;
#endif
