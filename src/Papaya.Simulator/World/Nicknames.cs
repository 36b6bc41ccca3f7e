namespace Papaya.Simulator.World;

/// <summary>Which nicknames users have, found by the text. Under the world's lock.</summary>
internal sealed class Nicknames
{
    private readonly Dictionary<string, int> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _filtered = new(StringComparer.Ordinal);

    public void List(User user)
    {
        if (user.ListedAs == user.Nickname)
        {
            return;
        }

        Unlist(user);
        user.ListedAs = user.Nickname;
        Count(user.ListedAs, 1);
    }

    public void Unlist(User user)
    {
        Count(user.ListedAs, -1);
        user.ListedAs = null;
    }

    public void Clear()
    {
        _exact.Clear();
        _filtered.Clear();
    }

    /// <summary>How many have it, how many have it once their four-byte characters are left out, and whether anybody has one.</summary>
    public (int Exact, int Filtered, bool Any) Named(string text) => (_exact.GetValueOrDefault(text), _filtered.GetValueOrDefault(text), _exact.Count > 0);

    private void Count(string? nickname, int by)
    {
        if (nickname is null)
        {
            return;
        }

        Count(_exact, nickname, by);
        if (nickname.Any(char.IsSurrogate))
        {
            Count(_filtered, string.Concat(nickname.Where(ch => !char.IsSurrogate(ch))), by);
        }
    }

    private static void Count(Dictionary<string, int> names, string name, int by)
    {
        var count = names.GetValueOrDefault(name) + by;
        if (count > 0)
        {
            names[name] = count;
        }
        else
        {
            names.Remove(name);
        }
    }
}
