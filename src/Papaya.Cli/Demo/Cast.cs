namespace Papaya.Cli.Demo;

/// <summary>One user of the story.</summary>
internal sealed record Person(string Name, string OpenId, string ExternalId, string Address);

/// <summary>Who plays, what is sold and for how much: all of it follows from the seed.</summary>
internal sealed class Cast
{
    private static readonly (string Written, string Spoken)[] Families =
    [
        ("李", "Li"), ("王", "Wang"), ("张", "Zhang"), ("刘", "Liu"), ("陈", "Chen"), ("杨", "Yang"), ("赵", "Zhao"), ("黄", "Huang"), ("周", "Zhou"), ("吴", "Wu"),
        ("徐", "Xu"), ("孙", "Sun"), ("胡", "Hu"), ("朱", "Zhu"), ("高", "Gao"), ("林", "Lin"), ("何", "He"), ("郭", "Guo"), ("马", "Ma"), ("罗", "Luo"),
    ];

    private static readonly (string Written, string Spoken)[] Givens =
    [
        ("明", "Ming"), ("芳", "Fang"), ("伟", "Wei"), ("娜", "Na"), ("静", "Jing"), ("强", "Qiang"), ("磊", "Lei"), ("洋", "Yang"), ("艳", "Yan"), ("勇", "Yong"),
        ("军", "Jun"), ("杰", "Jie"), ("娟", "Juan"), ("涛", "Tao"), ("超", "Chao"), ("霞", "Xia"), ("平", "Ping"), ("刚", "Gang"), ("桂英", "Guiying"), ("思远", "Siyuan"),
    ];

    private static readonly string[] Products = ["月度会员", "读书会员", "音乐会员", "云盘会员", "健身会员", "课程会员", "新闻会员", "视频会员"];

    private readonly Random _random;
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private int _keys;

    public Cast(int seed)
    {
        _random = new Random(seed);
        Seed = seed;
        Product = Take(() => Products[_random.Next(Products.Length)]);
        OtherProduct = Take(() => Products[_random.Next(Products.Length)]);
        PlanCode = $"member-{Letters(6)}";
        OtherPlanCode = $"member-{Letters(6)}";
        // Under the preset template's cap of 50.00 yuan; never round, so that a slip of one digit shows.
        PriceFen = _random.Next(1_001, 2_999);
        OtherPriceFen = _random.Next(3_001, 4_999);
        PartRefundFen = _random.Next(301, 2_499);
        Faithful = NewPerson();
        Unticked = NewPerson();
        Broke = NewPerson();
        Leaver = NewPerson();
    }

    public int Seed { get; }

    public string Product { get; }

    public string OtherProduct { get; }

    public string PlanCode { get; }

    public string OtherPlanCode { get; }

    public long PriceFen { get; }

    public long OtherPriceFen { get; }

    public long PartRefundFen { get; }

    /// <summary>Renews twelve times.</summary>
    public Person Faithful { get; }

    /// <summary>Pays and leaves the box unticked.</summary>
    public Person Unticked { get; }

    /// <summary>Has an empty wallet when the first renewal comes.</summary>
    public Person Broke { get; }

    /// <summary>Cancels inside WeChat.</summary>
    public Person Leaver { get; }

    public string NextKey() => $"demo-{Seed}-{++_keys}";

    public long WalletFen() => _random.Next(60_001, 99_999);

    private Person NewPerson()
    {
        var (written, spoken) = ("", "");
        Take(() =>
        {
            var (family, given) = (Families[_random.Next(Families.Length)], Givens[_random.Next(Givens.Length)]);
            (written, spoken) = (family.Written + given.Written, $"{given.Spoken} {family.Spoken}");
            return written;
        });
        return new Person($"{spoken} ({written})", "oDemo" + Letters(18), $"user-{_random.Next(100_000, 999_999)}", $"123.{_random.Next(1, 255)}.{_random.Next(1, 255)}.{_random.Next(1, 255)}");
    }

    private string Take(Func<string> draw)
    {
        while (true)
        {
            var drawn = draw();
            if (_taken.Add(drawn))
            {
                return drawn;
            }
        }
    }

    private string Letters(int count) => string.Create(count, _random, static (text, random) =>
    {
        foreach (ref var letter in text)
        {
            letter = "abcdefghjkmnpqrstuvwxyz23456789"[random.Next(31)];
        }
    });
}
